namespace Dbt.EndToEnd.Tests;

/// <summary>A shell script whose output depends on neither machine nor time.</summary>
/// <param name="IsLong">Takes seconds; left out of fast runs.</param>
sealed record BusyboxScript(string Name, string Text, bool IsLong = false);

/// <summary>The scripts that busybox must run. Where jobs are killed, the shell's messages are left out: whether it prints them is a matter of time.</summary>
static class BusyboxScripts
{
    public static BusyboxScript[] All { get; } =
    [
        // The shell.
        new("pipe", "echo one two three | tr ' ' '\\n' | sort -r | head -n 2"),
        new("long pipe", "seq 1 2000 | cat | cat | sed 's/^/x/' | grep 9 | cut -c2- | awk '{s+=$1} END {print s, NR}'"),
        new("subshell", "x=1; (x=2; echo $x; (x=3; echo $x)); echo $x; y=$(echo sub; exit 3); echo $? $y"),
        new("background jobs", "exec 2>/dev/null; (sleep 0.3; echo slow) & (exit 7) & wait $!; echo $?; wait; echo $?"),
        new("kill a background job", "exec 2>/dev/null; sleep 100 & kill $!; wait $!; echo $?; sleep 100 & kill -9 $!; wait $!; echo $?"),
        new("traps", "trap 'echo term' TERM; trap 'echo usr1' USR1; kill -TERM $$; kill -USR1 $$; trap - USR1; trap 'echo bye' EXIT; exit 3"),
        new("trap in a subshell", "(trap 'echo inner; exit 4' INT; kill -INT $(sh -c 'echo $PPID'); sleep 1); echo $?"),
        new("here-document", "x=value; cat <<END; cat <<'END'\nexpanded $x $(echo nested) $((6 * 7))\nEND\nplain $x\nEND"),
        new("big here-document", "i=0; text=; while [ $i -lt 3000 ]; do text=\"$text line$i\"; i=$((i+1)); done; cat <<END | md5sum\n$text\nEND"),
        new("functions and case", "f() { case $1 in a*) echo A;; [0-9]) echo digit;; *) echo other; return 5;; esac; }; f abc; f 7; f -; echo $?"),
        new("arithmetic", "echo $((1 << 40)) $((-7 / 2)) $((-7 % 3)) $((0x7fffffffffffffff + 1)) $((5 > 3 && 2 < 1)) $(( (3 ** 5) ^ 0xff ))"),
        new("loops", "i=0; s=0; while [ $i -lt 20000 ]; do i=$((i+1)); s=$((s+i*i%7)); done; echo $s; for w in a b 'c d'; do echo \"<$w>\"; done; until false; do break; done"),
        new("parameters", "v=path/to/file.tar.gz; echo ${v##*/} ${v%%.*} ${#v} ${v#*/} ${w:-default} ${w:=set} $w ${v/file/dir}; set -- a 'b c' d; echo $# \"$2\" \"$*\"; shift; echo $1"),
        new("getopts and read", "set -- -a -b value rest; while getopts ab: o; do echo $o $OPTARG; done; printf 'x y z\\nq\\n' | while read a b; do echo \"$b-$a\"; done"),
        new("redirections", "exec 3>file; echo to three >&3; exec 3>&-; cat file; { echo out; echo err >&2; } 2>&1 | sort; cat < file > other; cmp file other && echo same"),
        new("globbing", "mkdir d; cd d; touch a1 a2 b1 .h; echo *; echo a?; echo [!a]*; echo .h*; cd ..; rm -r d; echo d*"),
        new("exit statuses", "false; echo $?; true && echo yes || echo no; ! true; echo $?; sh -c 'exit 200'; echo $?; nosuchcommand 2>/dev/null; echo $?; sh -c 'kill -SEGV $$'; echo $?"),
        new("many processes", "i=0; while [ $i -lt 150 ]; do (exit $((i % 5))); [ $? = $((i % 5)) ] || echo bad; i=$((i+1)); done; echo $i"),
        new("many executions", "i=0; while [ $i -lt 60 ]; do expr $i + 1 > /dev/null; i=$((i+1)); done; expr $i '*' 2"),
        new("command substitution", "echo $(echo $(echo $(echo deep))) $(seq 1 500 | wc -l) `echo old`"),
        new("fifo", "mkfifo f; (echo through; echo fifo) > f & cat f; wait"),
        new("environment", "A=1 env | grep '^A='; export B=2; sh -c 'echo $B'; env -i PATH=$PATH sh -c 'echo ${B-unset}'; unset B; echo ${B-gone}"),
        new("script with an interpreter line", "printf '#!%s/sh\\necho script $1 $#\\n' $PATH > s; chmod +x s; ./s a b; cat > t <<END\n#!$PATH/awk -f\nBEGIN { print \"awk script\" }\nEND\nchmod +x t; ./t"),
        new("timeout", "timeout 0.3 sleep 10; echo $?; timeout 10 echo in time; echo $?; timeout -s KILL 0.3 sleep 10; echo $?"),
        new("time", "time -p sleep 0 2> t; cut -d' ' -f1 t"),
        new("umask and modes", "umask 027; touch f; mkdir d; stat -c '%a %n' f d; chmod 4751 f; stat -c %A f; umask"),
        new("ulimit", "ulimit -n 50; ulimit -n; sh -c 'ulimit -n'"),

        // Text.
        new("find sort uniq awk", "find /usr/share -xdev 2>/dev/null | sort | uniq -c | awk '{n += $1} END {print n, NR}'", IsLong: true),
        new("find the whole system", "find / -xdev 2>/dev/null | sort | uniq -c | awk 'END {print (NR > 1000) ? \"many\" : \"few\"}'", IsLong: true),
        new("find predicates", "mkdir -p a/b/c; touch a/x.c a/b/y.c a/b/c/z.h; ln -s x.c a/l; find a -name '*.c' | sort; find a -type d | wc -l; find a -type l; find a -name '*.h' -exec basename {} .h \\;"),
        new("sed", "seq 1 30 | sed -n '/5$/,/8$/p; 20,22s/2/two/gp; $='; echo 'a,b;c' | sed 's/\\([a-z]\\),\\(.\\)/\\2-\\1/; y/;/!/'; printf 'x\\ny\\n' | sed 'N;s/\\n/+/'"),
        new("sed in place", "seq 1 5 > f; sed -i '3d; s/^/n/' f; cat f"),
        new("awk", "awk 'BEGIN { for (i = 1; i <= 12; i++) printf \"%d %.6f %.6f %e\\n\", i, sqrt(i), exp(-i) * sin(i), 2 ^ i / 3; print substr(\"hello\", 2, 3), toupper(\"x\"), length(\"four\"), int(-3.7), 7 % 3, atan2(1, 1), log(10) }'"),
        new("awk arrays", "seq 1 5000 | awk '{c[$1 % 17] += $1} END {for (i = 0; i < 17; i++) print i, c[i]; n = split(\"a:b:c\", p, \":\"); print n, p[3]; gsub(/b/, \"[&]\", p[2]); print p[2]}'"),
        new("grep", "seq 1 3000 | grep -c 7; seq 1 300 | grep -E '^(1|2)[0-4]5$'; echo -e 'aB\\ncd' | grep -i b; seq 1 10 | grep -v 1; echo x | grep -q y; echo $?"),
        new("sort", "seq 1 500 | awk '{print ($1 * 7919) % 503, $1}' > f; sort -n f | md5sum; sort -k2,2nr f | head -n 3; sort -u -k1,1 f | wc -l; sort -r f | md5sum"),
        new("seq sort tail", "seq 1 1000000 | sort -n | tail -n 1", IsLong: true),
        new("cut paste tr fold", "seq 1 9 | paste - - -; echo a:b:c | cut -d: -f1,3; echo Hello | tr a-z A-Z; seq 1 40 | tr '\\n' ' ' | fold -w 20; echo abc | rev; seq 1 3 | tac"),
        new("wc head tail", "seq 1 1234 > f; wc f; head -c 20 f; tail -n +1230 f; tail -c 5 f; head -n -1230 f; nl f | tail -n 1"),
        new("diff patch", "seq 1 20 > a; sed 's/^7$/seven/; 15d' a > b; diff -u a b | tail -n +3; diff -u a b > p; patch a p > /dev/null; cmp a b; echo $?"),
        new("ed", "printf 'a\\nhello\\nworld\\n.\\n1s/l/L/g\\n,p\\nw f\\nq\\n' | ed; cat f"),
        new("expr factor cal", "expr 17 '*' 3; expr length abcdef; expr abc : 'a\\(.\\)'; factor 600851475143 97 18446744073709551557; cal 2 2024; date -u -d @1700000000 '+%F %T %j %a'"),
        new("bc", "echo 'scale=60; 4*a(1); e(1); 2^200; sqrt(2)' | bc -l; echo 'for (i = 1; i < 25; i++) { x = x * 3 + i }; x' | bc"),
        new("dc", "echo '20 k 2 v p 3 5 ^ p 100 7 ~ p s. p' | dc"),
        new("printf and test", "printf '%5d|%-5s|%05.1f|%x|%o|%c\\n' 42 ab 3.14159 255 8 z; [ 5 -gt 3 -a -n x ] && echo ok; [ -d / ] && test -e /nonexistent || echo no"),
        new("shuf and factor", "shuf -i 1-200 | sort -n | md5sum; seq 1 50 | xargs factor | tail -n 3"),

        // Bytes.
        new("checksums", "seq 1 20000 > f; md5sum f; sha1sum f; sha256sum f; sha512sum f; sha3sum f; crc32 f"),
        new("md5sum of 100 MB", "dd if=/dev/zero bs=1M count=100 2>/dev/null | md5sum", IsLong: true),
        new("sha512sum of 100 MB", "seq 1 20000000 | head -c 100000000 | sha512sum", IsLong: true),
        new("gzip", "seq 1 30000 | gzip -9 | md5sum; seq 1 30000 | gzip | gzip -d | md5sum; seq 1 100 | gzip | zcat | tail -n 1; echo x | gzip | head -c 10 | gzip -d 2>/dev/null; echo $?"),
        new("bzip2 and xz", "seq 1 20000 | bzip2 | tee b | bzcat | md5sum; md5sum < b; seq 1 2000 > f; printf '' | xzcat 2>/dev/null; echo $?"),
        new("tar gzip tar", "mkdir d; for i in $(seq 1 60); do seq 1 $i > d/f$i; done; tar c d | gzip | tar tz | sort; tar cf t d; mkdir x; tar xf t -C x; diff -r d x/d && echo equal"),
        new("cpio", "mkdir d; echo one > d/1; echo two > d/2; find d | sort | cpio -o -H newc 2>/dev/null | cpio -t 2>/dev/null"),
        new("dd", "seq 1 5000 > f; dd if=f bs=100 skip=3 count=2 2>/dev/null; dd if=/dev/zero bs=4k count=256 2>/dev/null | wc -c; dd if=f of=g bs=1 count=77 2>/dev/null; wc -c < g; dd if=f conv=ucase bs=64 count=1 2>/dev/null | cksum 2>/dev/null || true"),
        new("od hexdump base64", "seq 1 20 | od -A x -t x1z | head -n 2; seq 1 20 | hexdump -C | head -n 2; seq 1 20 | base64; seq 1 20 | base64 | base64 -d | tail -n 1; echo abc | xxd; echo abc | uuencode n; echo 3.14 | od -t f8 2>/dev/null | head -n 1"),
        new("split of a file", "seq 1 1000 > f; cmp f f && echo same; strings -n 4 f | head -n 1; truncate -s 100 f; wc -c < f; truncate -s 5000 f; tail -c 1 f | od -c"),
        new("sha256 of many files", "for i in 1 2 3 4 5 6 7 8; do seq $i 3000 > f$i; done; sha256sum f* > sums; sha256sum -c sums; md5sum f* | md5sum"),

        // Files.
        new("links and names", "echo x > f; ln f g; ln -s f s; readlink s; stat -c '%h %s' g; realpath s | sed 's,.*/,,'; mv f h; cat s 2>/dev/null || echo dangling; basename /a/b/; dirname /a/b/c; rm g h s; ls"),
        new("ls", "mkdir -p d/e; touch -d '2020-01-02 03:04:05' d/f; echo 12345 > d/g; touch -d '2021-01-01' d/g d/e; ls d; ls -1 d | wc -l; ls -l d/f | awk '{print $1, $5, $6, $7, $8}'; ls -R d; ls nosuch; echo $?"),
        new("copies", "mkdir -p a/b; echo 1 > a/1; ln -s 1 a/l; cp -r a c; cp -a a e; ls -R c; readlink e/l; rm -rf a; ls; mkdir m; rmdir m; install -m 700 c/1 i; stat -c %a i"),
        new("du and dates", "mkdir d; dd if=/dev/zero of=d/f bs=1k count=100 2>/dev/null; du -s d | cut -f1 | awk '{print ($1 >= 100)}'; date -r / +%Y | wc -c"),
        new("mktemp and temporary files", "f=$(mktemp ./t.XXXXXX); echo ${#f}; d=$(mktemp -d ./d.XXXXXX); ls -d d.* | wc -l; stat -c %a $d; rm -r $d $f; ls"),

        // Processes and the network.
        new("xargs in parallel", "seq 1 40 | xargs -P 4 -n 1 echo | sort -n | md5sum; seq 1 200 | xargs -n 50 echo | wc -l; printf 'a b\\nc' | xargs -I {} echo '<{}>'"),
        new("process tree", "exec 2>/dev/null; sh -c 'sh -c \"sh -c \\\"exit 9\\\"; exit \\$((\\$? + 1))\"; echo $?'; (sleep 100 & echo $! > pid; wait) & sleep 0.3; kill $(cat pid); wait; echo done"),
        new("signals between processes", "exec 2>/dev/null; sh -c 'trap \"echo got; exit 5\" USR1; while :; do sleep 0.1; done' & p=$!; sleep 0.5; kill -USR1 $p; wait $p; echo $?"),
        new("nice and identity", "nice -n 5 nice 2>/dev/null || true; id -u; whoami; hostname | wc -l; nproc | awk '{print ($1 > 0)}'; [ $$ -gt 1 ] && echo pid"),
        new("setsid and nohup", "setsid sh -c 'echo session'; nohup echo hangup 2>/dev/null; ionice -c 3 echo idle"),
        new("nc on loopback", "nc -l -p $PORT > got & l=$!; i=0; while [ $i -lt 50 ]; do echo hello | nc -w 5 127.0.0.1 $PORT 2>/dev/null && break; sleep 0.1; i=$((i+1)); done; wait $l; cat got"),
        new("httpd and wget", "exec 2>/dev/null; mkdir www; seq 1 5000 > www/page; httpd -f -p 127.0.0.1:$PORT -h www & p=$!; i=0; while [ $i -lt 50 ]; do wget -q -O got http://127.0.0.1:$PORT/page && break; sleep 0.1; i=$((i+1)); done; kill $p; wait $p; echo $?; md5sum < got"),
        new("flock and start-stop", "flock lock sh -c 'echo locked'; flock lock true; echo $?; run-parts --test . > /dev/null; echo $?"),
        new("reading proc", "tr '\\0' '\\n' < /proc/self/environ | grep '^TZ='; grep -c . /proc/self/status | awk '{print ($1 > 10)}'; ls /proc/self/fd | wc -l"),
        new("usleep and date", "s=$(date +%s); usleep 200000; sleep 1; e=$(date +%s); [ $((e - s)) -ge 1 ] && echo slept"),
    ];
}
