# SBCL: machine code at run time, threads, a moving collector with write-protected pages, a guard page under the stack (which --script makes fatal).
cat >program.lisp <<'L'
(defun fib (n) (if (< n 2) n (+ (fib (- n 1)) (fib (- n 2)))))
(print (fib 27))
(defun work (i) (sb-thread:make-thread (lambda () (let ((sum i)) (dotimes (k 200 sum) (incf sum (length (make-list 1000 :initial-element i))))))))
(print (mapcar #'sb-thread:join-thread (loop for i below 8 collect (work i))))
(gc :full t)
(print (handler-case (/ 1 (- 5 5 (random 1))) (division-by-zero () :zero)))
(print (handler-case (labels ((deep (x) (+ 1 (deep x)))) (deep 1)) (storage-condition () :deep)))
(print (length (format nil "~d" (expt 7 5000))))
(terpri)
L
$RUN /usr/bin/sbcl --noinform --non-interactive --no-sysinit --no-userinit --load program.lisp 2>/dev/null
