# rsync: local, and through a remote shell that is none.
cat >inside.sh <<'S'
mkdir a
for i in $(seq 1 50); do seq 1 $((i * 100)) >a/f$i; done
ln -s f1 a/link
rsync -a a/ b/; diff -r a b && echo local
echo more >>a/f3
rsync -avc --delete a/ b/ | sed -n 1,2p
printf '#!/bin/bash\nshift\nexec "$@"\n' >shell
chmod +x shell
rsync -az -e ./shell a/ anywhere:$PWD/c/; diff -r a c && echo remote
S
$RUN /usr/bin/bash inside.sh
