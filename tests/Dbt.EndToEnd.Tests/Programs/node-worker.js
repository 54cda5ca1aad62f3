// Four workers that share memory and messages, each with hot code of its own for the JIT.
const { Worker, isMainThread, parentPort, workerData } = require('worker_threads');

function sieve(limit) {
  const composite = new Uint8Array(limit + 1);
  let count = 0;
  for (let i = 2; i <= limit; i++) {
    if (composite[i]) continue;
    count++;
    for (let j = i * 2; j <= limit; j += i) composite[j] = 1;
  }
  return count;
}

if (isMainThread) {
  const shared = new Int32Array(new SharedArrayBuffer(8));
  let sum = 0, done = 0;
  for (let i = 0; i < 4; i++) {
    const worker = new Worker(__filename, { workerData: { index: i, shared } });
    worker.on('message', primes => sum += primes);
    worker.on('error', error => { throw error; });
    worker.on('exit', code => {
      if (code) throw new Error(`worker ${i}: ${code}`);
      if (++done === 4) console.log('primes', sum, 'added', Atomics.load(shared, 0), 'woken', Atomics.load(shared, 1));
    });
  }
} else {
  const { index, shared } = workerData;
  for (let i = 0; i < 20000; i++) Atomics.add(shared, 0, 1);
  if (index === 0) {
    while (Atomics.load(shared, 0) < 80000) Atomics.wait(shared, 0, Atomics.load(shared, 0), 5);
    Atomics.store(shared, 1, 1);
    Atomics.notify(shared, 1);
  } else {
    Atomics.wait(shared, 1, 0);
  }
  parentPort.postMessage(sieve(50000 * (index + 1)));
}
