# packages: bash coreutils findutils
# shell: bash
seq 100000 | sort -rn | head -3; seq 100000 | sort -R | sort -n | tail -1; yes | head -n 200000 | wc -lc; seq 50000 | shuf --random-source=/usr/bin/env | sort -n | md5sum
head -c 1000000 /dev/zero | tr '\0' a | fold -w 100 | uniq -c | head -2; dd if=/dev/zero bs=64k count=50 status=none | cksum; seq 1000 | paste -sd+ | wc -c
mkfifo a b; (while read l; do echo "got $l"; done < a > b) & printf '1\n2\n' > a & cat b; wait; rm a b
tee >(wc -l > lines) >(md5sum > sum) < <(seq 500) | tail -1; sleep 0.2; cat lines sum; diff <(seq 5) <(seq 6) ; paste <(seq 3) <(seq 4 6)
for i in 3 1 2; do (sleep 0.$i; echo $i) & done; wait; echo done; (sleep 0.3; exit 3) & (sleep 0.1; exit 4) & wait -n; echo $?; wait; f() { sleep 0.1; return $1; }; f 5 & p=$!; wait $p; echo $?
trap 'echo term; exit 9' TERM; (sleep 0.1; kill -TERM $$) & sleep 5 & wait $!; echo not reached
