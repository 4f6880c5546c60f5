# packages: bash
# shell: bash
a=(1 2 "3 4" [7]=x); echo ${a[@]} ${#a[@]} ${!a[@]} "${a[2]}"; declare -A m=([k]=v [z]=w); for k in k z; do echo $k ${m[$k]}; done
a+=(y); echo ${a[@]:1:2} ${a[-1]}; s=hello; echo ${s^^} ${s:1:3} ${s/l/L} ${s//l/L} ${s@Q}
diff <(printf '1\n2\n') <(printf '1\n3\n'); echo $?
cat <<< "here string"; mapfile -t L < <(seq 3); echo ${#L[@]} ${L[2]}
[[ abc123 =~ ^([a-z]+)([0-9]+)$ ]] && echo ${BASH_REMATCH[@]}
for ((i=0;i<3;i++)); do printf '%d ' $i; done; echo; echo {a..e}{1..2} ; echo $((2**40)) $((16#ff)) $((7/2)) $((-7%3))
f() { local IFS=,; echo "$*"; }; f a b c; set -o pipefail; false | true; echo $? ${PIPESTATUS[@]}
trap 'echo int' INT; kill -INT $$; trap 'echo dbg $BASH_COMMAND' DEBUG; true; trap - DEBUG
coproc C { read x; echo "got $x"; }; echo hi >&${C[1]}; read y <&${C[0]}; echo $y; wait; jobs > /dev/null
sleep 0.2 & sleep 0.1 & jobs; wait; jobs; (sleep 10 & kill %1 2>/dev/null; kill $!; wait $!; echo $?)
set -m; sleep 0.3 & jobs; fg >/dev/null 2>&1; set +m
shopt -s extglob nullglob; touch a.c b.c c.h; echo !(*.c) *.zz; select z in p q; do break; done < /dev/null; echo; printf '%q %b %(%Y)T\n' 'a b' 'x\ty' 0
exec {fd}<a.c; echo $fd; exec {fd}<&-; read -t 0.1 -r v < <(sleep 1); echo $?; echo $BASH_VERSION $- $#; time -p true 2>/dev/null; echo ${BASH_SOURCE[0]} $LINENO; caller; help : | head -2; hash -r; enable -n echo; type echo; compgen -b | head -3; history | head -1
printf -v out '%03d' 7; echo $out; IFS=: read -r p q <<< x:y; echo $p $q; unset a[0]; echo "${a[@]}"; declare -p a; declare -i n=3+4; echo $n; readonly R=1; R=2; echo after; exit 5
