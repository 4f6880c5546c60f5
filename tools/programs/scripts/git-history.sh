# packages: git
export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@b GIT_PAGER=cat
n=1577836800; c() { n=$((n+60)); GIT_AUTHOR_DATE="$n +0000" GIT_COMMITTER_DATE="$n +0000" git commit -q "$@"; }
export GIT_AUTHOR_DATE='1577836800 +0000' GIT_COMMITTER_DATE='1577836800 +0000'
git init -q -b main r; cd r; git config gc.auto 0
for i in 1 2 3 4 5 6; do echo "line $i" >> f; mkdir -p d$i; echo $i > d$i/x; git add .; c -m "commit $i"; done
git log --format='%h %s %ad' --date=iso; git log -p -1; git log --stat -2 --format=%s; git diff HEAD~3 --stat; git show HEAD:f; git log -S 'line 3' --format=%s; git shortlog -s HEAD; git rev-list --count HEAD
git checkout -q -b side HEAD~2; echo side >> f; c -am side; git merge main 2>&1; git status -s; git diff; echo resolved > f; git add f; c -m merged; git log --graph --oneline --all
git checkout -q main; git cherry-pick side 2>&1 | head -2; git cherry-pick --abort 2>&1; git revert --no-edit HEAD~1 2>&1 | head -1; git blame -s f; git tag -a v1 -m tag; git describe --always; git bisect start -q HEAD HEAD~5 2>&1 | head -2; git bisect run sh -c 'test ! -e d4/x' 2>&1 | tail -3; git bisect reset -q 2>&1
git format-patch -q -2; ls; git stash -q 2>&1; git reset -q --hard HEAD~2; git am -q *.patch 2>&1; git log --oneline | head -2; git bundle create -q ../b main 2>&1; git clone -q -b main ../b ../c 2>&1; git -C ../c log --oneline | wc -l; git fast-export main | git -C ../c hash-object --stdin; git repack -adq; git count-objects -v | sed 's/size.*//'; git fsck 2>&1; git worktree add -q ../w2 side 2>&1; git worktree list | wc -l; printf '#!/bin/sh\necho hook; exit 1\n' > .git/hooks/pre-commit; chmod +x .git/hooks/pre-commit; echo z > z; git add z; c -m no; echo $?; git rev-parse HEAD; git archive --format=tar HEAD | tar tf - | head -3; git grep -n line; git ls-files -s | head -3; git check-ignore x; echo '*.o' > .gitignore; touch a.o; git status -s; git clean -fdq; ls; git config --list --local | sort | head -3; git apply --check *.patch 2>&1 | head -1; git diff --word-diff HEAD~1 -- f; git log --pretty=raw -1 | head -3
cd ..; rm -rf r c w2 b
