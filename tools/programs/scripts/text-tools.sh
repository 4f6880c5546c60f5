# packages: m4 ed
printf '1\n2\n' > x
printf '1d\nw\nq\n' | ed -s x; cat x; printf 'a\nhello\nworld\n.\n1,$p\n2s/l/L/g\n/world/n\nw y\nq\n' | ed -s; cat y
echo 'define(A,`b$1')A(c) eval(2**10) syscmd(echo hi) ifelse(a,a,y,n) len(abc) esyscmd(echo e) substr(hello,1,3) translit(abc,a-c,A-C) format(%05d,42) incr(7) index(hello,l) regexp(hello,l+) patsubst(hello,l,L)' | m4; printf 'define(`f'"'"',`ifelse($1,0,1,`eval($1*f(decr($1)))'"'"')'"'"')f(10)\n' | m4
