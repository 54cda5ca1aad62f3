# PyPy: its tracing JIT with threads, a child process, and ctypes.
cat >program.py <<'P'
import ctypes, hashlib, subprocess, sys, threading

def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)

print(sys.implementation.name, fib(27))
results = []
def work(i):
    results.append((i, sum((k * i) & 255 for k in range(200000))))
threads = [threading.Thread(target=work, args=(i,)) for i in range(4)]
for thread in threads: thread.start()
for thread in threads: thread.join()
print(sorted(results))
print(subprocess.run(["uname", "-m"], capture_output=True).stdout)
print(hashlib.md5("".join(str(i) for i in range(200000)).encode()).hexdigest())
print(ctypes.CDLL(None).abs(-5))
P
$RUN /usr/bin/pypy3 program.py
