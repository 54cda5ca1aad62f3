# coreutils, findutils, grep, sed and gawk on files and pipes.
# packages: bash coreutils findutils grep sed gawk diffutils
set -u
export LC_ALL=C
mkdir -p tree/{a,b,c}/{x,y}; for f in tree/*/*; do seq 1 37 >"$f/numbers"; echo "$f" >"$f/name.txt"; done
ln -s ../a tree/b/link; ln tree/a/x/numbers tree/c/hard; mkfifo tree/pipe; touch -d '2020-02-03 04:05:06 UTC' tree/old
find tree -printf '%y %m %s %n %p %l\n' | grep -v '^d' | sort
find tree -name '*.txt' -newer tree/old -exec cat {} + | sort
find tree -type f -print0 | sort -z | xargs -0 -n 3 -P 2 wc -l | grep -v total | sort
find tree -path '*/x/*' -delete; find . -empty | sort
stat -c '%n %F %s %a %Y' tree/old
cp -a tree copy; diff -r tree/a copy/a && echo same; mv copy moved; du -a --apparent-size moved/a/y | sort; rm -r moved
ls -l --time-style=+%s tree/old | cut -d' ' -f1,2,5-; ls -1RF tree
seq 1 100000 >big; sha256sum big; md5sum big; b2sum big; cksum big; sum big; wc big; cksum -a sm3 big
sort -rn big | head -n 3; sort --parallel=2 -S 200K -R --random-source=big big | sort -n | cmp - big && echo sorted
split -n 7 -d big part; cat part0* | cmp - big && echo joined; tail -c 20 big | od -An -tx1z; tac big | sed -n 1,2p
paste -d, <(seq 1 3) <(seq 4 6); join <(printf 'a 1\nb 2\n') <(printf 'a x\nb y\n'); comm -12 <(seq 1 9) <(seq 5 12) | tr '\n' ' '; echo
seq 1 20 | shuf --random-source=big | tr '\n' ' '; echo; factor 1234567891011 18446744073709551557; numfmt --to=iec 123456789; expr 12 \* 13; date -u -d @1234567890 '+%F %T %j'
printf '%s\n' banana apple cherry apple | sort | uniq -c; printf 'a\tb\n' | expand | cat -A; fold -w 7 <<<'the quick brown fox'; fmt -w 20 <<<'the quick brown fox jumps over the lazy dog'
base64 <<<'some text' | base64 -d; basenc --base32 <<<x; head -c 1000000 /dev/zero | tr '\0' x | dd bs=777 2>/dev/null | wc -c
truncate -s 5M sparse; stat -c %s sparse; cat big | tee one two >three; cmp one three && echo teed; ln -sf one two; readlink two; realpath --relative-to=. two
grep -c 7 big; grep -E '^(12|9)+$' big; grep -oP '(?<=99)\d{3}(?=$)' big | head -n 2; grep -rl tree/b . | sort; grep -n -A1 -B1 '^500$' big; echo 'ünï' | LC_ALL=C.UTF-8 grep -o '^.ï\?n'
sed -n '2~25000p; $p' big; sed -E 's/(.)(.)$/\2\1/; 3q' big; sed '/2/!d; y/123/abc/; 5,$d' big | tail -n 2; sed -i.bak '1i head
$d' one; wc -l one one.bak; sed -n 'H; ${x; s/\n/,/g; p}' <(seq 1 5)
gawk '{ s += $1; c[$1 % 7]++ } END { for (i = 0; i < 7; i++) printf "%d:%d ", i, c[i]; print s, s / NR, log(NR) }' big
gawk -F: -v OFS=- 'BEGIN { while (("sort -r big | head -n 2" | getline x) > 0) print "sorted", x; "date -u -d @0 +%Y" | getline y; print y; print toupper(substr("hello", 2, 3)), gensub(/(l+)/, "<\\1>", "g", "hello"), strftime("%F", 86400, 1), length("abc"), 2 ** 0.5 }'
gawk 'BEGIN { cmd = "tr a-z A-Z"; print "co-process" |& cmd; close(cmd, "to"); cmd |& getline line; print line; print PROCINFO["pid"] > 0 }'
yes | head -n 100000 | wc -l; nl <(seq 1 2); timeout 5 sleep 0.05; echo $?; nice -n 3 nice; env printf '%q\n' 'a b'; test -t 0; echo $?; stdbuf -oL echo line; id -u | wc -l; chmod 640 big; stat -c %A big; mktemp -u | wc -l; nproc | grep -c .
install -D -m 711 big deep/er/file; stat -c %a deep/er/file; seq -f %.3f 0 0.25 1; tr -dc 0-4 <big | head -c 20; echo; csplit -s big 50000; wc -l xx0*; pr -t -3 <(seq 1 9); tsort <<<'a b b c c d'; od -c <<<hi; printf '%x\n' 255; pathchk /a; basename /a/b.c .c; dirname /a/b
