# memcached with two threads, and a client in Perl.
cat >inside.sh <<'S'
memcached -u "$(id -un)" -s $PWD/socket -t 2 &
server=$!
for _ in $(seq 600); do [ -S socket ] && break; sleep 0.1; done
perl -MIO::Socket::UNIX -e '
    my $s = IO::Socket::UNIX->new(Peer => "socket");
    for (1 .. 500) { print $s "set k$_ 0 0 5\r\nabcde\r\n"; my $line = <$s>; }
    print $s "get k77\r\n"; print scalar <$s>, scalar <$s>, scalar <$s>;
    print $s "stats\r\n"; while (<$s>) { print if /cmd_set|curr_items/; last if /END/ }'
kill $server
wait $server
echo "server $?"
S
$RUN /usr/bin/bash inside.sh
