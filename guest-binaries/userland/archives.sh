# tar and the compressors, with threads where they have them.
# packages: bash coreutils tar xz-utils zstd bzip2 gzip
set -u
export LC_ALL=C
mkdir -p in/sub; seq 1 300000 >in/numbers; head -c 3000000 /dev/zero >in/zeros
for i in $(seq 1 200); do sha512sum <<<"$i" >in/sub/$i; done; cat in/sub/* in/numbers in/numbers >in/mixed; ln -s numbers in/link; chmod 750 in/sub
tar --sort=name --mtime=@1600000000 --owner=0 --group=0 --numeric-owner -cf all.tar in; sha256sum all.tar; tar -tvf all.tar | sed -n 1,4p
xz -T2 --block-size=1MiB -k all.tar; sha256sum all.tar.xz; xz -l --robot all.tar.xz | grep ^totals | cut -f 2,3,5; xz -T2 -dc all.tar.xz | cmp - all.tar && echo xz
xz -9e -T1 -c in/mixed | sha256sum; xz --format=lzma -c in/numbers | xz -dc | cmp - in/numbers && echo lzma
zstd -q -T2 -k all.tar; zstd -t -q all.tar.zst && echo zstd; zstd -dc all.tar.zst | cmp - all.tar && echo same; zstd -q -T2 -19 --long=24 -c in/mixed | sha256sum; zstd -q -T2 -3 -B1M -c in/mixed | sha256sum
zstd -q --train in/sub/* -o dictionary --maxdict=8K 2>/dev/null; zstd -q -D dictionary -c in/sub/7 | zstd -q -D dictionary -dc | cmp - in/sub/7 && echo dictionary
bzip2 -k all.tar; sha256sum all.tar.bz2; bzip2 -dc all.tar.bz2 | cmp - all.tar && echo bzip2
gzip -n -c all.tar | sha256sum; gzip -c all.tar | gzip -dc | cmp - all.tar && echo gzip
for flag in z j J --zstd; do mkdir out; tar -c "-${flag#-}" -f packed in 2>/dev/null || tar -c $flag -f packed in; tar -xf packed -C out; diff -r in out/in && echo "tar $flag"; rm -r out; done
tar -cf - in | (mkdir pipe && tar -xf - -C pipe); diff -r in pipe/in && stat -c '%a %F' pipe/in/sub pipe/in/link
tar -cf incremental.tar -g state in; echo more >in/more; tar -cf - -g state in | tar -tf - | grep -c .
head -c 100000 all.tar.xz | xz -dc >/dev/null 2>errors; echo $?; bzip2 -t in/numbers 2>/dev/null; echo $?; zstd -q -t in/numbers 2>/dev/null; echo $?
