# packages: dash
f() { local x=$1; echo "f $x $#"; return 3; }
f a b; echo $?
x=abc.tar.gz; echo ${x%.*} ${x%%.*} ${x#*.} ${x##*.} ${#x} ${y:-def} ${y:=set} $y
i=0; while [ $i -lt 5 ]; do i=$((i+1)); case $i in 2) continue;; 4) break;; *) echo $i;; esac; done
trap 'echo exit trap' EXIT; trap 'echo usr1' USR1; kill -USR1 $$
(exit 7); echo $?; echo a | read v; echo "[$v]"
cat <<X
here $((1+2)) $(echo sub)
X
cat <<'X'
raw $HOME
X
set -- a 'b c' d; for w; do echo "$w"; done; shift; echo $1; echo "$*" "$@"
sleep 5 & p=$!; kill $p; wait $p; echo $?
echo one > f; echo two >> f; while read l; do echo "l=$l"; done < f
echo err >&2; exec 3>g; echo to3 >&3; exec 3>&-; cat g
eval 'echo ev$x'; printf '%s|%5d|%-5s|%x\n' s 42 l 255; type echo; command -v ls; umask 027; umask; 
[ -n "$x" -a -f f ] && echo and; echo *; ls -1 | while read n; do echo "n $n"; done; cd /; cd -; alias q='echo al'; q z
getopts ab: o -a -b v; echo $o; echo ${x:?msg}; (: ${nope:?not set}); echo $?; nosuchcmd; echo $?; /w; echo $?; . ./nofile; echo not reached
