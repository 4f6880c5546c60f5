# packages: coreutils
# shell: bash
seq 5 > f; cp f hard; cp f g
head -c 3 f; tail -c 3 f; tail -n +3 f; sort -n -r f; sort -R f | wc -l; sort -c f && echo sorted; sort -k1.1,1.1 -t, f | head -1; sort --parallel=2 -S 1M f | tail -1; sort -h <<X
2K
1M
3
X
sort -V <<X
a10
a9
X
sort -m f f | wc -l; sort -o f f; join - f 2>&1 | head -1; tr -d 3 < f; tr -s ' ' <<X
a   b
X
tr '[:lower:]' '[:upper:]' <<X
abc
X
cut -c2- <<X
abc
X
cut -d, -f1,3 --output-delimiter=: <<X
a,b,c
X
paste -sd+ f; wc -l -w -c -m -L f; date -u -d 'next monday 2020-01-01' +%F; date -u -d '2020-01-31 +1 month' +%F; date -u --iso-8601=s -d @1e9 2>&1; date -u -R -d @0; date -d bad; TZ=America/New_York date -d @1000000000; TZ=Europe/Berlin date -d @1000000000 +%c; date +%s | wc -c; echo 'MTIz' | base64 -d; echo; base32 f; basenc --hex f; b2sum f; md5sum f > m; md5sum -c m; sha256sum --tag f; cksum -a crc f; od -An -tx2 f; od -A d -t f4 -N 8 f; seq 0.1 0.1 0.5; seq -f %03g 3; seq -s, 5; expr abc : 'a\(.\)'; expr 5 / 0; echo $?; test a = b; echo $?; [ 1 -eq 1 ]; echo $?; printf '%d %s\n' 1 a 2 b; printf '%q\n' "a b"; printf '%.3f\n' 1e3; printf '\x41\101\n'; /usr/bin/printf '%b' 'a\n'; factor 97 1001; numfmt --from=iec 2K; numfmt --to=si --suffix=B 12345; timeout 0.2 sleep 3; echo $?; sleep 0.01s; yes abc | head -3 | uniq -c; tee a1 a2 < f | wc -l; dd if=/dev/zero of=z bs=1k count=4 conv=notrunc status=none; stat -c '%s %B' z; dd if=z of=z2 bs=1k skip=1 seek=2 status=none; stat -c %s z2; truncate -s +10 z; wc -c < z; fallocate -l 100 q 2>&1; stat -c %s q; d=$(mktemp -d ./tXXXX); echo $d | wc -c; rmdir $d; nproc --all > /dev/null; echo $?; pwd -P; readlink -f ../w/./f; realpath --relative-to=/usr /w; dircolors -b | head -1; tsort <<X
a a
X
comm -12 f f | wc -l; nl -ba f | tail -1; pr -2 -t f; fold -s -w 4 <<X
ab cd ef
X
fmt -w 10 <<X
aa bb cc dd
X
expand <<X
a	b
X
unexpand -a <<X
a        b
X
shuf -e a b c | wc -l; shuf -n1 f | wc -l; who am i; id -G; id nosuch; groups root; stty -a </dev/null; tty; nohup true; nice true; chcon 2>&1 | head -1; sync f; vdir --time-style=+ f; dir; [ -w f ]; echo $?; [ -x f ]; echo $?; kill -0 $$; echo $?; test -t 0; echo $?; uname -m; hostid > /dev/null; echo $?
