# Rust programs with pools of threads: ripgrep, fd, bat.
mkdir files
for i in $(seq 1 200); do seq 1 $((i * 7)) >files/f$i; done
$RUN /usr/bin/rg -c '^1234$' files | sort | md5sum
$RUN /usr/bin/rg --sort path -n 77 files | md5sum
$RUN /usr/bin/fdfind -t f . files | sort | md5sum
$RUN /usr/bin/fdfind -x echo '{/}' ';' f1 files | sort | head -n 3
echo 'int main(void) { return 0; }' >a.c
$RUN /usr/bin/batcat --color=always -p a.c
