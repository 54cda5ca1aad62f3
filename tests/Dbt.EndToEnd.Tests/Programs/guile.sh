# Guile: its JIT, threads, big numbers, pipes.
cat >program.scm <<'L'
(use-modules (ice-9 threads) (ice-9 popen) (ice-9 rdelim))
(define (show x) (display x) (newline))
(define (fib n) (if (< n 2) n (+ (fib (- n 1)) (fib (- n 2)))))
(show (fib 25))
(show (par-map fib (list 10 11 12 13 14 15)))
(show (expt 3 200))
(let* ((pipe (open-input-pipe "uname -m")) (line (read-line pipe))) (close-pipe pipe) (show line))
(gc)
(show (map join-thread (map (lambda (i) (call-with-new-thread (lambda () (* i i)))) (iota 8))))
L
$RUN /usr/bin/guile-3.0 --no-auto-compile program.scm
