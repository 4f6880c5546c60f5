# packages: coreutils sed grep gawk bash perl python3.11-minimal
# shell: bash
export LC_ALL=C.UTF-8
printf 'é€𝄞x\nÀÉ straße\nnaïve café\n\377bad\n' > t
wc -m t; wc -L t; wc -c t
sed 's/./X/g' t; sed -E 's/(.)(.)/\2\1/' t; sed 'y/éÀ/eA/' t; sed -n 's/é/[&]/gp' t; sed 's/.*/\U&/' t; sed -n l t
grep -o . t | head -5; grep -c é t; grep -i 'É' t; grep -E '^.{4}$' t; grep '[[:upper:]]' t; grep -P '\x{e9}' t; grep -w naïve t; grep -a bad t | od -c
gawk '{print length($0), toupper($0), substr($0, 2, 2), index($0, "é")}' t; gawk 'BEGIN { printf "%c %5s|%-5s|\n", 8364, "é", "€" }'; gawk -F é '{print NF}' t
cut -c1-2 t; cut -b1-2 t | od -c | head -3; sort t | od -c | tail -3; tr -d 'x' < t | head -1; fold -w2 t | head -4; expand t | head -1; rev t 2>/dev/null | head -2
x='é€𝄞'; echo ${#x} ${x:1:1} ${x^^} ${x/€/E}; printf '%5s|%-5s|%.2s|\n' "$x" "$x" "$x"; printf '\u00e9 \U1d11e %q\n' "é"; [[ é == ? ]] && echo one; [[ naïve =~ ^na.ve$ ]] && echo match; case é in [[:alpha:]]) echo alpha;; *) echo other;; esac; echo $'\xc3\xa9'
touch 'é.txt' '日本'; ls; ls -b; ls -Q; find . -name '*é*'; find . -name '??'; for f in ?.txt; do echo "$f"; done; stat -c %n 日本
perl -CS -Mutf8 -e 'print length("é€"), uc("é"), "\n"; print scalar reverse("ab€"), "\n"; print join(",", map { sprintf "%x", ord } split //, "é€𝄞"), "\n"'; perl -ne 'print length, "\n"' t
python3.11 -c 'import sys; print(sys.stdout.encoding, len("é€𝄞"), "é".upper(), sys.argv, [f for f in sorted(__import__("os").listdir("."))])' é; python3.11 -c 'print(open("t", errors="surrogateescape").read())' 2>&1 | tail -1
echo 'ünï' | od -An -tx1; printf '%s\n' b a é z | sort; printf 'é\ne\n' | sort | head -1; date -u -d @0 +%A; locale 2>/dev/null | head -2; rm -f é.txt 日本
