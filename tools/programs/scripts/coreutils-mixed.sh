# packages: coreutils findutils
printf 'b 2\na 1\nc 3\na 1\n' > f
sort f; sort -u f; sort f | uniq -c; sort -rk2n f
printf 'a x\nb y\n' > g; sort f | join - g
cut -d' ' -f2 f; paste f f; tr a-z A-Z < f; wc f; head -n2 f; tail -n1 f; tac f; nl f; rev f
date -u -d '2024-02-29 12:34:56' '+%Y-%m-%d %H:%M:%S %j %U %a %b'
mkdir -p d/e; touch -d '2020-01-01 00:00:00Z' d/e/x; chmod 640 d/e/x; ln -s x d/e/l; touch -h -d '2020-01-01 00:00:00Z' d/e/l d/e d
ls -l d/e; ls -laR --time-style=+%s d/e/x; stat -c '%n %s %a %F %Y' d/e/x d/e/l
du -b d/e/x; find d -type f -exec echo {} \; ; find d | sort | xargs -n1 echo got
md5sum f; sha1sum f; sha256sum f; sha512sum f; b2sum f; cksum f; base64 f; od -c f; od -tx1 f
seq 1 3 20; seq -w 8 11; expr 3 + 4; factor 1234567890 ; printf '%05.2f %x %s\n' 3.14159 255 str
basename /a/b.c .c; dirname /a/b; realpath d/e/../e/l; readlink d/e/l; mktemp -u XXXX | wc -c
split -l1 f sp; ls sp*; csplit f 2; cat xx01; comm f g; fold -w3 f; fmt f; expand f; tsort <<X
a b
b c
X
test -f f && echo yes; [ 3 -lt 4 ] && echo lt; tee h < f; dd if=f of=i bs=2 count=2 2>&1 | head -2; cmp f i; echo $?
shuf -i 1-5 --random-source=f | sort; numfmt --to=iec 1234567; truncate -s 100 f; stat -c %s f; sum f; pr -h title -D date f | head -5
sleep 0.1; timeout 1 sleep 5; echo $?; yes | head -2; env -i A=1 env; id -u; whoami; groups; tty; echo $?; stty 2>&1
install -m 755 f inst; stat -c %a inst; cp -a d d2; mv d2 d3; rm -r d3; rmdir d 2>&1; ls nonexist; echo $?; ln f hard; stat -c %h f; mkfifo ff; stat -c %F ff; 
