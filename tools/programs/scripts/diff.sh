# packages: diffutils patch
printf '1\n2\n3\n' > x; printf '1\n4\n3\n5\n' > y; diff x y; diff -u --label a --label b x y; diff -y -W 30 x y; cmp x y; diff3 x x y; sdiff -s -w 30 x y; mkdir p q; cp x p; cp y q/x; diff -r p q; diff -q x y; diff -c --label a --label b x y > c.diff; diff -u x y > u.diff; patch x < u.diff; cat x; patch -R x < u.diff; cat x; rm u.diff c.diff
