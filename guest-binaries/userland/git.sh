# git: a repository's life, with everything that makes it start other programs.
# packages: bash git coreutils
set -u
export GIT_AUTHOR_NAME=A GIT_AUTHOR_EMAIL=a@b GIT_COMMITTER_NAME=C GIT_COMMITTER_EMAIL=c@d GIT_AUTHOR_DATE='1600000000 +0000' GIT_COMMITTER_DATE='1600000000 +0000' GIT_CONFIG_NOSYSTEM=1 HOME=$PWD GIT_PAGER=cat LC_ALL=C
git config --global init.defaultBranch main; git config --global gc.auto 0; git config --global protocol.file.allow always
git init -q one; cd one; for i in $(seq 1 60); do mkdir -p d$((i % 5)); seq $i $((i * 13)) >d$((i % 5))/f$i; git add .; git commit -q -m "commit $i"; done
git log --oneline | head -n 3; git log --stat -2 --format='%H %an %s'; git status --short; git rev-parse HEAD HEAD~10^{tree}
git checkout -q -b side HEAD~20; echo side >d1/side; seq 1 30 >d2/f2; git add .; git commit -q -m side; git checkout -q main; git merge -q -m merged side; git log --graph --format=%s -4; git diff HEAD~1 --stat
echo conflict >d0/f5; git commit -qam left; git checkout -q side; echo other >d0/f5; git commit -qam right; git checkout -q main; git merge side; echo "merge $?"; git diff | head -n 8; git checkout -q --ours d0/f5; git commit -qam solved
git gc -q --aggressive --prune=now; git fsck --full; git count-objects -v | grep -E '^(count|in-pack|packs)'; git repack -q -a -d -f --threads=2 --depth=20; git verify-pack .git/objects/pack/*.idx; echo "pack $?"
cd ..; git clone -q one two; git clone -q --bare file://$PWD/one three.git; cd two; git log -1 --format=%H; echo more >more; git add more; git commit -q -m more; git push -q ../three.git HEAD:main; git -C ../three.git log -1 --format=%s main
git fetch -q ../three.git main; git rebase -q HEAD~3 2>&1; git rebase --abort; git format-patch -q -2 -o patches; git am -q --abort 2>/dev/null; ls patches; git blame -s d1/f6 | tail -n 2; git grep -c '^777$' | head -n 3; git archive HEAD | sha256sum; git stash -q 2>&1; git tag -a -m tag v1; git describe
git bisect start -q HEAD HEAD~20 >/dev/null 2>&1; git bisect run sh -c 'test ! -e d4/f54' 2>&1 | grep -a 'first bad'; git bisect reset -q 2>/dev/null; git log -S'^777' --format=%s | wc -l; git shortlog -s HEAD | cat; git worktree add -q ../tree HEAD~1; git worktree list | wc -l; git submodule --quiet add file://$PWD/../one sub 2>&1; git submodule status | cut -c 2-12; git config --list --local | grep -c .; git for-each-ref --format='%(refname) %(objectname:short)'
