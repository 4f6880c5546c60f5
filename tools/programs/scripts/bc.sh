# packages: bc dc
echo 'scale=20; 4*a(1); e(1); 2^100; sqrt(2); ibase=16; FF' | bc -l; echo '3 4 + p 2 100 ^ p 20 k 2 v p' | dc; echo 'define f(n) { if (n<2) return n; return f(n-1)+f(n-2); } f(15); for(i=0;i<3;i++) i; "str"; 1/0' | bc; echo $?
