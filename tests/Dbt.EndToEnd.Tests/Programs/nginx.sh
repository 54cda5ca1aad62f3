# nginx with worker processes and sendfile, and curl, both under the emulator ($RUN).
port=$((20000 + $$ % 20000))
mkdir -p www logs
chmod 777 . www logs
seq 1 200000 >www/numbers
echo hello >www/index.html
cat >nginx.conf <<C
daemon off; master_process on; worker_processes 2; pid $PWD/logs/pid; error_log $PWD/logs/error;
events { worker_connections 128; }
http { access_log $PWD/logs/access; sendfile on; gzip on; gzip_types text/plain; default_type text/plain;
  client_body_temp_path $PWD/logs/b; proxy_temp_path $PWD/logs/p; fastcgi_temp_path $PWD/logs/f; uwsgi_temp_path $PWD/logs/u; scgi_temp_path $PWD/logs/s;
  server { listen 127.0.0.1:$port; root $PWD/www; location /proxy/ { proxy_pass http://127.0.0.1:$port/; } location /old { return 301 /index.html; } } }
C
$RUN "$ROOT/usr/sbin/nginx" -p "$PWD" -c "$PWD/nginx.conf" >server.log 2>&1 &
server=$!
trap 'kill -9 $server $(cat logs/pid 2>/dev/null) 2>/dev/null' EXIT
fetch() { $RUN "$ROOT/usr/bin/curl" -sS --max-time 60 "$@"; }
for _ in $(seq 200); do fetch "http://127.0.0.1:$port/" >/dev/null 2>&1 && break; sleep 0.05; done
fetch "http://127.0.0.1:$port/"
fetch "http://127.0.0.1:$port/numbers" | md5sum
fetch --compressed "http://127.0.0.1:$port/numbers" | md5sum
fetch "http://127.0.0.1:$port/proxy/numbers" | md5sum
fetch -r 100-119 "http://127.0.0.1:$port/numbers" | md5sum
fetch -L -o /dev/null -w '%{http_code} %{num_redirects} %{size_download}\n' "http://127.0.0.1:$port/old"
fetch -o /dev/null -w '%{http_code}\n' "http://127.0.0.1:$port/none"
fetch --parallel --parallel-max 8 -o 'part#1' "http://127.0.0.1:$port/numbers?[1-12]" 2>/dev/null
md5sum part* | cut -d' ' -f1 | sort | uniq -c
kill -HUP $server
sleep 0.3
fetch "http://127.0.0.1:$port/"
kill -QUIT $server
wait $server
echo "server $?"
