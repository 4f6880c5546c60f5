# packages: jq
echo '{"a":[1,2,{"b":"c"}],"n":1.5,"s":"\u00e9"}' > j; jq . j; jq -c '.a[2].b, (.a|length), (.a[:2]|add), keys, (.n*2), (.s|ascii_downcase), [.a[]|numbers|.*10], (.a|map(type))' j; jq -r '.s,@base64 "x\(.n)"' j; jq '.a[0]/0' j; echo $?; jq -n '[range(5)]|map(select(.%2==0)), ("abc"|test("b")), ("a1b2"|gsub("[0-9]";"#")), (now>0), ("2015-03-05T23:51:47Z"|fromdate), (0|todate), (1e1000), ([3,1,2]|sort), ({} | .a.b=1), (try error("x") catch .), env.HOME, ("x"|ltrimstr("x")), (1/3), ([1,[2]]|flatten), pow(2;10), ("test"|@sh), input_line_number' --sort-keys; jq -s . <<X
1 2
X
jq '.[' j; echo $?; jq --arg v x -n '$v'; jq -C -n '{a:1}'; jq . <<X
{bad
X
echo $?
