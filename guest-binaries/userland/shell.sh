# bash itself: what its users' scripts are made of.
# packages: bash coreutils
set -u
declare -A ages=([ann]=31 [bob]=27 [cy]=45)
for name in $(printf '%s\n' "${!ages[@]}" | sort); do printf '%-5s%3d\n' "$name" "${ages[$name]}"; done
words=(zeta alpha "two words" beta)
printf '<%s>' "${words[@]}" "${#words[@]}" "${words[@]:1:2}" "${words[-1]^^}"; echo
text=a.b.c.tar.gz
echo "${text%.*} ${text%%.*} ${text#*.} ${text##*.} ${text/b/X} ${text//./-} ${#text} ${text:2:3} ${text@Q}"
[[ 2026-11-21 =~ ^([0-9]+)-([0-9]+)-([0-9]+)$ ]] && echo "${BASH_REMATCH[3]}/${BASH_REMATCH[2]}"
echo $((0x1F * 7 % 11 + (1 << 40) - 3 ** 5)) $((-7 / 2)) $((-7 % 3)) $((2 ** 62 * 2))
fibonacci() { local n=$1; ((n < 2)) && { echo "$n"; return; }; echo $(($(fibonacci $((n - 1))) + $(fibonacci $((n - 2))))); }
fibonacci 9

# Processes: pipes, subshells, substitution by /dev/fd, coprocesses, jobs.
seq 1 2000 | while read -r n; do echo $((n * n)); done | tail -n 1
diff <(seq 1 5) <(seq 2 6); echo "diff $?"
(exit 7); echo "subshell $?"
false | true | (exit 3) | true; echo "pipe ${PIPESTATUS[*]}"
coproc SQUARE { while read -r n; do echo $((n * n)); done; }
for n in 3 5 8; do echo $n >&"${SQUARE[1]}"; read -r answer <&"${SQUARE[0]}"; echo "square $answer"; done
exec {SQUARE[1]}>&-; wait "$SQUARE_PID"; echo "coprocess $?"
for i in 1 2 3 4; do (sleep 0.0$i; exit $i) & pids[i]=$!; done
for i in 4 2 1 3; do wait "${pids[i]}"; echo "job $i: $?"; done
(sleep 10) & wait -n -p ended %% 2>/dev/null & kill %1; wait %1 2>/dev/null; echo "killed $?"
wait
mapfile -t lines < <(printf 'one\ntwo\nthree\n'); echo "${#lines[@]} ${lines[2]}"
cat <<HERE
here $((6 * 7)) $(echo nested "$(echo twice)")
HERE
tr a-z A-Z <<<'a here string'

# Signals and traps.
trap 'echo got USR1' USR1; kill -USR1 $$
trap 'echo got TERM; exit 9' TERM
bash -c 'trap "echo inner; exit 5" TERM; kill -TERM $$; echo never'; echo "inner $?"
(bash -c 'kill -KILL $$'; exit $?) 2>/dev/null; echo "killed $?"
(ulimit -c 0; bash -c 'kill -SEGV $$'; exit $?) 2>/dev/null; echo "faulted $?"
(trap 'echo at exit' EXIT; exit 4); echo "with trap $?"
timeout 0.2 bash -c 'while :; do :; done'; echo "timeout $?"
bash -c 'echo $0 $# $*' zero one 'two three'
bash -c 'exec -a other bash -c "echo \$0"' | sed 's/.*/exec: &/' 2>/dev/null || true
env -i A=1 B='x y' bash -c 'env | grep -v -e ^_ -e ^PWD -e ^SHLVL | sort'
command -v no-such-program; echo "missing $?"
no-such-program 2>/dev/null; echo "not found $?"
: >plain; ./plain 2>/dev/null; echo "not executable $?"
printf '#!%s\necho script "$1"\n' "$BASH" >script; chmod +x script; ./script argument
printf 'echo without a first line $1\n' >script; ./script argument
( umask 027; : >masked; stat -c '%a %s %F' masked )
for ((i = 0; i < 30; i++)); do /bin/true || echo failed; "$BASH" -c : || echo failed; done
kill -TERM $$
