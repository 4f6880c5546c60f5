# packages: sed
seq 10 > n; sed -n '2,4p' n; sed '/5/,/7/d;s/1/one/;$!N;P;D' n; printf 'hello world\nfoo bar\n' > t; sed -E 's/(\w+) (\w+)/\2 \1/;y/abc/ABC/' t; sed -i.bak '1i\top' t; cat t t.bak; sed -n '$=' t; sed 's/o/0/2g' t; sed -e ':a;N;$!ba;s/\n/,/g' n; sed '2q;1!G;h;$!d' n; sed -n '/foo/{s//X/w out
p}' t; cat out; sed 's/\bw/W/;s/[[:space:]]/_/g;s/.*/\U&/' t; sed -s -n '1p' t n; sed '0~3d' n; sed 'a\  x' t; sed --debug -n 1p t | head -5; sed 'k' t; echo $?
sed -r 's/^(.)(.*)(.)$/\3\2\1/' t; sed 's/\(a\|b\)*c/X/g' <<X
aabbcabc
X
sed '1~2{N;s/\n/+/}' n; sed -z 's/\n/;/g' n; sed 'e echo hi' t | head -2; sed -n 'l' t; sed = t; sed '/world/r n' t | wc -l ; sed -u 1p t; sed -E 's/(a*)*b/<\1>/g; s/x{2,3}/Y/' <<X
aaab xxxx
X
