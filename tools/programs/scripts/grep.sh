# packages: grep
printf 'alpha\nBeta\ngamma delta\nfoo123\n\n' > t; grep a t; grep -i beta t; grep -c . t; grep -n '^$' t; grep -v a t; grep -o '[0-9]\+' t; grep -E 'a{1}|(foo|bar)[0-9]+' t; grep -w delta t; grep -F 'a d' t; grep -P '(?<=foo)\d+' t; grep -P '\bg\w+' t -o; mkdir d; cp t d/x; grep -r alpha . | sort; grep -l foo t d/x; grep -A1 -B1 gamma t; grep zzz t; echo $?; grep a nofile; echo $?; grep -E '(' t; echo $?; grep --color=always a t; grep -q a t && echo q; grep -e alpha -e foo t; grep -m1 a t; grep -x alpha t; grep -b foo t; grep '\(a\).*\1' t; printf 'bin\0a\n' | grep a; grep -E '^(.)(.).*\2\1$' <<X
abxxba
X
zgrep foo t; egrep 'a|b' t; fgrep a t; grep -z alpha t | od -c | head -3; seq 20000 | grep -c '[13579]$'; grep -f t t | head -1; LC_ALL=C.UTF-8 grep -o 'é' <<X
cafés
X
