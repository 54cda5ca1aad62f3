# A server under the emulator ($RUN) with its own benchmark: every command family, pipelines, fifty connections, persistence by fork, scripts, publish and subscribe.
port=$((20000 + $$ % 20000))
cli() { $RUN "$ROOT/usr/bin/redis-cli" -p $port "$@"; }
$RUN "$ROOT/usr/bin/redis-server" --port $port --bind 127.0.0.1 --dir "$PWD" --save '' --io-threads 2 --io-threads-do-reads yes --appendonly yes >server.log 2>&1 &
server=$!
trap 'kill -9 $server 2>/dev/null' EXIT
for _ in $(seq 200); do cli ping >/dev/null 2>&1 && break; sleep 0.05; done
cli set greeting hello
cli append greeting ' world'
cli get greeting
for i in 3 1 2; do cli rpush list $i; done
cli sort list
cli eval 'local s = 0 for i = 1, 100000 do s = s + i % 7 end return {s, redis.call("get", KEYS[1])}' 1 greeting
cli geoadd places 13.361389 38.115556 a 15.087269 37.502669 b >/dev/null
cli geodist places a b
cli pfadd counter a b c d e f g
cli zadd scores 1.5 x 2.25 y
cli zrange scores 0 -1 withscores
$RUN "$ROOT/usr/bin/redis-benchmark" -p $port -n ${COUNT:-2000} -c 50 -q -t ping,set,get,incr,lpush,rpop,sadd,hset,spop,zadd,lrange_100,mset >benchmark.log 2>&1; echo "benchmark $? $(tr '\r' '\n' <benchmark.log | grep -c 'requests per second')"
$RUN "$ROOT/usr/bin/redis-benchmark" -p $port -n ${COUNT:-2000} -c 20 -P 16 -q -t set,get >benchmark.log 2>&1; echo "pipelines $? $(tr '\r' '\n' <benchmark.log | grep -c 'requests per second')"
cli save
cli bgsave
for _ in $(seq 200); do cli info persistence | grep -q 'rdb_bgsave_in_progress:0' && break; sleep 0.05; done
cli info persistence | tr -d '\r' | grep -E '^(rdb_last_bgsave_status|aof_last_write_status)'
cli bgrewriteaof >/dev/null
for _ in $(seq 200); do cli info persistence | grep -q 'aof_rewrite_in_progress:0' && break; sleep 0.05; done
cli info persistence | tr -d '\r' | grep -E '^aof_last_bgrewrite_status'
cli shutdown nosave
wait $server
echo "server $?"
