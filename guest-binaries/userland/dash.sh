# dash runs what packages' scripts and system(3) say.
# packages: dash coreutils
dash -c '
set -eu
x=5; while [ $x -gt 0 ]; do printf "%d " $x; x=$((x - 1)); done; echo
f() { echo "f $# $*"; return 3; }
f a "b c" || echo "returned $?"
case abc.txt in *.c) echo no;; *.t?t) echo matched;; esac
echo "$(echo one; (echo two; exit 0))" | { read -r a; read -r b; echo "$b $a"; }
set -- 1 2 3; shift; echo "$@"
IFS=:; for p in $(echo a:b:c); do echo "part $p"; done
trap "echo bye" EXIT
sleep 0.05 & wait $!; echo "waited $?"
sleep 5 & kill $!; wait $! || echo "status $?"
exec 3>file; echo three >&3; exec 3>&-; cat file
cat <<END
$(seq 1 200 | sort -rn | head -n 2)
END
i=0; while [ $i -lt 50 ]; do (exit 0); : $(true); i=$((i + 1)); done; echo $i
'; echo "ended $?"
