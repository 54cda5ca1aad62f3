# PHP, interpreted and by its JIT, and a subprocess.
cat >program.php <<'L'
<?php
function fib($n) { return $n < 2 ? $n : fib($n - 1) + fib($n - 2); }
$numbers = [];
for ($i = 0; $i < 100000; $i++) $numbers[] = ($i * 7919) % 10007;
sort($numbers);
echo md5(serialize($numbers)), " ", fib(26), "\n";
echo preg_replace_callback('/\d+/', fn($match) => $match[0] * 2, 'a1b22c333'), " ", json_encode(['x' => 1.5, 'y' => [1, 2]]), "\n";
$process = proc_open('uname -m; exit 3', [1 => ['pipe', 'w']], $pipes);
echo stream_get_contents($pipes[1]), proc_close($process), "\n";
L
$RUN /usr/bin/php8.2 program.php
$RUN /usr/bin/php8.2 -d opcache.enable_cli=1 -d opcache.jit=1255 -d opcache.jit_buffer_size=32M program.php
