// What a server does: child processes, an HTTP server with a client, files, timers, crypto, compression.
const { execFileSync, spawn, fork } = require('child_process');
const crypto = require('crypto'), fs = require('fs'), http = require('http'), os = require('os'), path = require('path'), zlib = require('zlib');

if (process.argv[2] === 'child') {
  process.on('message', text => { process.send(text.toUpperCase()); process.disconnect(); });
} else {
  main().catch(error => { console.log(error.stack); process.exit(1); });
}

async function main() {
  console.log(process.arch, process.platform, os.endianness());
  console.log('exec', execFileSync('/bin/echo', ['from', 'a', 'child']).toString().trim());
  await new Promise(resolve => {
    const child = spawn('/bin/cat'), parts = [];
    child.stdout.on('data', part => parts.push(part));
    child.on('close', code => { console.log('cat', code, Buffer.concat(parts).length); resolve(); });
    for (let i = 0; i < 50; i++) child.stdin.write('x'.repeat(10000));
    child.stdin.end();
  });
  await new Promise(resolve => {
    const child = fork(__filename, ['child']);
    child.on('message', text => console.log('fork', text));
    child.on('exit', code => { console.log('fork', code); resolve(); });
    child.send('hello');
  });

  const server = http.createServer((request, response) => {
    const hash = crypto.createHash('sha256');
    request.on('data', part => hash.update(part));
    request.on('end', () => response.end(hash.digest('hex')));
  });
  await new Promise(resolve => server.listen(0, '127.0.0.1', resolve));
  const ask = i => new Promise((resolve, reject) => {
    const request = http.request({ port: server.address().port, host: '127.0.0.1', method: 'POST' }, response => {
      let text = '';
      response.on('data', part => text += part);
      response.on('end', () => resolve(text));
    });
    request.on('error', reject);
    request.end('body '.repeat(i * 100));
  });
  const answers = await Promise.all(Array.from({ length: 30 }, (_, i) => ask(i)));
  console.log('http', answers.every((answer, i) => answer === crypto.createHash('sha256').update('body '.repeat(i * 100)).digest('hex')));
  server.close();

  // These run in the library's thread pool.
  const key = await new Promise((resolve, reject) => crypto.pbkdf2('password', 'salt', 2000, 32, 'sha512', (error, key) => error ? reject(error) : resolve(key)));
  console.log('pbkdf2', key.toString('hex'));
  const hashes = await Promise.all([1, 2, 3, 4].map(n => new Promise(resolve => crypto.scrypt('p', 's' + n, 16, { N: 1024 }, (_, key) => resolve(key.toString('hex'))))));
  console.log('scrypt', hashes.join(' '));
  const cipher = crypto.createCipheriv('aes-256-gcm', key, Buffer.alloc(12));
  console.log('gcm', cipher.update('text', 'utf8', 'hex') + cipher.final('hex'), cipher.getAuthTag().toString('hex'));
  const { publicKey, privateKey } = crypto.generateKeyPairSync('ec', { namedCurve: 'P-256' });
  console.log('ecdsa', crypto.verify('sha256', Buffer.from('m'), publicKey, crypto.sign('sha256', Buffer.from('m'), privateKey)));

  const data = Buffer.from(Array.from({ length: 200000 }, (_, i) => i * i >> 3 & 255));
  const packed = await new Promise((resolve, reject) => zlib.gzip(data, (error, result) => error ? reject(error) : resolve(result)));
  console.log('zlib', zlib.gunzipSync(packed).equals(data), zlib.brotliDecompressSync(zlib.brotliCompressSync(data)).equals(data));
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'node-'));
  await Promise.all(Array.from({ length: 40 }, (_, i) => fs.promises.writeFile(path.join(directory, `f${i}`), 'y'.repeat(i * 1000))));
  console.log('files', fs.readdirSync(directory).length, fs.statSync(path.join(directory, 'f39')).size);
  fs.rmSync(directory, { recursive: true });

  let ticks = 0;
  await new Promise(resolve => { const timer = setInterval(() => { if (++ticks === 20) { clearInterval(timer); resolve(); } }, 2); });
  console.log('ticks', ticks);
  const module = new WebAssembly.Module(wasm());
  console.log('wasm', new WebAssembly.Instance(module).exports.fac(10));
  console.log('timezone', new Date(86400000 * 365).toISOString(), new Intl.NumberFormat('de-DE').format(1234567.891), 'straße'.toUpperCase());
}

// (func (param i32) (result i32): n < 2 ? 1 : n * fac(n - 1))
function wasm() {
  return new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0, 1, 6, 1, 96, 1, 127, 1, 127, 3, 2, 1, 0, 7, 7, 1, 3, 102, 97, 99, 0, 0,
    10, 25, 1, 23, 0, 32, 0, 65, 2, 72, 4, 127, 65, 1, 5, 32, 0, 32, 0, 65, 1, 107, 16, 0, 108, 11, 11]);
}
