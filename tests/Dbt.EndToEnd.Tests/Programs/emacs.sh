# Emacs in batch: Lisp, subprocesses, its collector.
cat >program.el <<'L'
(princ (format "%S\n" (mapcar (lambda (x) (* x x)) (number-sequence 1 10))))
(with-temp-buffer
  (insert "hello\n")
  (shell-command-on-region (point-min) (point-max) "tr a-z A-Z" t t)
  (princ (buffer-string)))
(let ((process (start-process "sleeper" nil "sleep" "0.2")))
  (while (process-live-p process) (accept-process-output process 0.1))
  (princ (process-exit-status process)))
(garbage-collect)
(terpri)
L
$RUN /usr/bin/emacs-nox --batch -l program.el
