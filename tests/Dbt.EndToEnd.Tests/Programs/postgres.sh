# initdb, a server and its clients, as a user that is not root.
if [ "$(id -u)" = 0 ]; then
    chown 65534 . && exec setpriv --reuid=65534 --regid=65534 --clear-groups bash "$0"
fi
port=$((20000 + $$ % 20000)) bin=/usr/lib/postgresql/15/bin
export PGDATA=$PWD/data PGHOST=$PWD PGPORT=$port PGUSER=tester LC_ALL=C TZ=UTC HOME=$PWD
$RUN $bin/initdb -U tester -A trust --no-locale -E UTF8 >initdb.log 2>&1
echo "initdb $?"
printf "listen_addresses = ''\nunix_socket_directories = '%s'\nshared_buffers = 16MB\nmax_parallel_workers_per_gather = 2\nmin_parallel_table_scan_size = 0\nparallel_setup_cost = 0\nparallel_tuple_cost = 0\n" "$PWD" >>data/postgresql.conf
$RUN $bin/postgres -D data >server.log 2>&1 &
server=$!
trap 'kill -INT $server 2>/dev/null; sleep 0.2; kill -9 $server 2>/dev/null' EXIT
sql() { $RUN $bin/psql -X -q -A -t -d postgres "$@"; }
for _ in $(seq 200); do sql -c 'select 1' >/dev/null 2>&1 && break; sleep 0.1; done
sql <<'S'
create table items (id int primary key, name text, price numeric, made timestamptz default '2024-02-29 12:00Z');
insert into items select i, 'item ' || i, i * 1.37 from generate_series(1, 20000) i;
select count(*), sum(price), max(name), min(made) from items;
create index on items (name);
analyze items;
explain (costs off) select sum(price) from items where id % 3 = 0;
select sum(price) from items where id % 3 = 0;
with recursive f(n, a) as (select 1, 1::numeric union all select n + 1, a * (n + 1) from f where n < 60) select a from f where n = 60;
select string_agg(md5(name), '' order by id) = '' , length(string_agg(md5(name), '')) from items;
begin; delete from items where id > 100; rollback;
select count(*) from items where name ~ '^item 1.*9$';
create function twice(x int) returns int language plpgsql as $$ begin return x * 2; end $$;
select sum(twice(id)) from items;
select 1 / 0;
select to_tsvector('english', 'The quick brown foxes jumped') @@ to_tsquery('fox');
select jsonb_path_query('{"a": [1, 2, 3]}', '$.a[*] ? (@ > 1)');
vacuum items;
checkpoint;
S
$RUN $bin/pgbench -i -q -s 1 postgres >pgbench.log 2>&1; echo "pgbench -i $?"
$RUN $bin/pgbench -c 4 -j 2 -t ${COUNT:-50} postgres >pgbench.log 2>&1; echo "pgbench $? $(grep -c 'failed transactions: 0' pgbench.log)"
sql -c 'select count(*), sum(abalance) = (select sum(bbalance) from pgbench_branches) from pgbench_accounts, (select 1) x'
$RUN $bin/pg_dump -t items postgres | grep -c '^[0-9]'
kill -INT $server
wait $server
echo "server $?"
