# sqlite3's shell: files, journals, WAL shared by processes, import and dump.
# packages: bash sqlite3 coreutils
set -u
sqlite3 base.db "create table t(id integer primary key, k text, v real); create index tk on t(k);
 with recursive c(x) as (select 1 union all select x + 1 from c where x < 20000) insert into t(k, v) select printf('%05d', x * 7919 % 20011), x * 0.25 from c;
 select count(*), sum(v), min(k), max(k) from t; select k, v from t where k between '00100' and '00110' order by k; explain query plan select * from t where k = 'x';"
sqlite3 base.db 'begin; delete from t where id % 3 = 0; rollback; select count(*) from t; delete from t where id % 3 = 0; vacuum; pragma integrity_check; select count(*), total(v) from t;'
sqlite3 base.db '.mode insert t' 'select id, k from t' | sha256sum; sqlite3 base.db .schema; sha256sum base.db
sqlite3 base.db 'pragma journal_mode = wal; create table log(n);'
for i in 1 2 3 4; do (for j in 1 2 3 4 5; do sqlite3 -cmd '.timeout 20000' base.db "insert into log values ($i * 10 + $j)"; done) & done; wait
sqlite3 base.db 'select count(*), sum(n) from log; pragma wal_checkpoint(truncate);' ; ls
seq 1 1000 | sed 's/.*/&,name &,&.5/' >data.csv; sqlite3 -csv base.db 'create table csv(a int, b, c real);' '.import data.csv csv' 'select sum(a), sum(c), group_concat(b) from csv where a < 5;'
sqlite3 base.db <<'SQL'
.mode box
.headers on
select substr(k, 1, 2) as head, count(*) as n, round(avg(v), 3) as mean, row_number() over (order by count(*) desc, substr(k, 1, 2)) as rank from t group by head order by rank limit 6;
.mode json
select json_group_array(id) as ids, json_extract('{"a":[1,2,{"b":3}]}', '$.a[2].b') as b from (select id from t limit 5);
create virtual table f using fts5(text); insert into f values ('the quick brown fox'), ('lazy dogs'); select text from f where f match 'quick OR dog*' order by rank;
create virtual table r using rtree(id, x0, x1); insert into r values (1, 0, 5), (2, 4, 9); select id from r where x1 > 6;
.backup copy.db
.mode list
select typeof(1.5), strftime('%Y-%j', 1e9, 'unixepoch'), 7 / 2, 7 % 3, 1e308 * 10, 'a' < 'B' collate nocase, sqrt(2);
select no_such_column;
SQL
echo "status $?"; sqlite3 copy.db 'select count(*) from t; pragma quick_check;'
