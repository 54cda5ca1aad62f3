# MariaDB: installation, a server with its threads, its client, an orderly end. As the user that runs the test.
cat >inside.sh <<'S'
user=$(id -un) data=$PWD/data socket=$PWD/socket
mariadb-install-db --no-defaults --force --user=$user --datadir=$data --auth-root-authentication-method=normal >install.log 2>&1
echo "install $?"
mariadbd --no-defaults --user=$user --datadir=$data --socket=$socket --skip-networking --pid-file=$PWD/pid >server.log 2>&1 &
server=$!
for _ in $(seq 600); do [ -S $socket ] && break; sleep 0.1; done
mariadb --no-defaults -u root -S $socket -e "create database d; use d; create table items (i int primary key, s varchar(40)) engine=innodb; insert into items select seq, md5(seq) from seq_1_to_5000;
    select count(*), sum(i), min(s) from items; select @@version_compile_machine; update items set s = concat(s, 1) where i % 7 = 0; select count(*) from items where length(s) > 32;"
mariadb-admin --no-defaults -S $socket -u root shutdown
wait $server
echo "server $?"
S
$RUN /usr/bin/bash inside.sh
