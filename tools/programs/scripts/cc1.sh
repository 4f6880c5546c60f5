# packages: cpp-12 binutils-x86-64-linux-gnu
CC1=/usr/lib/gcc/x86_64-linux-gnu/12/cc1
cat > g.sh <<'X'
echo 'double sqrt(double); int printf(const char *, ...);
struct S { int a; double d; char n[16]; };'
i=0; while [ $i -lt 60 ]; do echo "static int f$i(int x, struct S *s) { int r = 0; for (int i = 0; i < x; i++) { r += (i * $i) ^ s->a; if (r % 7 == 3) s->d += sqrt(r + $i.5); else s->n[i & 15] = (char)r; switch (r & 3) { case 0: r ^= 0x$i; break; case 1: r <<= 1; break; default: r -= i; } } return r; }"; i=$((i+1)); done
echo 'int main(int c, char **v) { struct S s = { c, 1.5, "x" }; int r = 0;'; i=0; while [ $i -lt 60 ]; do echo "r += f$i(r & 31, &s);"; i=$((i+1)); done; echo 'printf("%d %f %s\n", r, s.d, s.n); return 0; }'
X
sh g.sh | sed 's/; /;\n/g' > t.c; wc -l t.c
for o in -O0 "-O2 -g" -O3 "-Os -fPIC"; do $CC1 -quiet $o t.c -o t.s; sha256sum t.s; as -o t.o t.s; sha256sum t.o; done
ld -r -o r.o t.o; sha256sum r.o; ld -shared -o lib.so t.o; echo $?; sha256sum lib.so; ld -o none t.o -e main 2>&1 | head -3; echo $?
objdump -d t.o | sha256sum; nm t.o | head -5; readelf -aW t.o | sha256sum; size t.o; strip t.o -o s.o; ar rcsD l.a t.o r.o; ar t l.a; nm -s l.a | head -5; objcopy -O binary t.o raw; sha256sum raw; strings t.o | head -3; c++filt _ZN3fooEv; addr2line -f -e lib.so 0x2000; ranlib -D l.a; sha256sum l.a; readelf -d lib.so | head -4
echo 'int x = ;' > bad.c; $CC1 -quiet bad.c -o bad.s; echo $?; echo 'int f(int *p) { return p[5]; } int g(void) { int a[2]; return a[5]; }' > warn.c; $CC1 -quiet -Wall -O2 warn.c -o warn.s; echo $?
printf '#define A(x) x+1\nA(2)\n#if A(1) == 2\nyes\n#endif\n' > p.c; $CC1 -E -quiet -P p.c; gcc-12 -O1 -S t.c -o u.s; sha256sum u.s; gcc-12 -c t.c -o u.o; sha256sum u.o; gcc-12 -dumpversion; as --version | head -1; ld nofile; echo $?
