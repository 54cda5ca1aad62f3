// Hot code of every kind for the JIT: integers, doubles, strings, regular expressions, objects, exceptions, collections, garbage.
function mandelbrot(n) {
  let inside = 0;
  for (let y = 0; y < n; y++) for (let x = 0; x < n; x++) {
    const cr = 3 * x / n - 2, ci = 2 * y / n - 1;
    let zr = 0, zi = 0, i = 0;
    for (; i < 60 && zr * zr + zi * zi < 4; i++) { const t = zr * zr - zi * zi + cr; zi = 2 * zr * zi + ci; zr = t; }
    if (i === 60) inside++;
  }
  return inside;
}
function xorshift(n) { let x = 123456789; for (let i = 0; i < n; i++) { x ^= x << 13; x ^= x >>> 17; x ^= x << 5; } return x >>> 0; }
class Tree { constructor(depth) { if (depth) { this.left = new Tree(depth - 1); this.right = new Tree(depth - 1); } } count() { return this.left ? 1 + this.left.count() + this.right.count() : 1; } }
function trees() { let sum = 0; for (let i = 0; i < 30; i++) sum += new Tree(12).count(); return sum; }
function strings() { let s = ''; for (let i = 0; i < 30000; i++) s += String.fromCharCode(97 + i % 26); return s.replace(/[aeiou]+/g, v => v.toUpperCase()).split('z').map(t => t.length).reduce((a, b) => a * 31 + b | 0, 7); }
function maps() { const m = new Map(), s = new Set(); for (let i = 0; i < 100000; i++) { m.set('k' + i % 5000, i); s.add(i % 777); } let sum = 0; for (const v of m.values()) sum += v; return sum + s.size; }
function thrown() { let n = 0; for (let i = 0; i < 20000; i++) try { if (i % 3 === 0) throw new RangeError(i); n++; } catch (e) { n += e.message.length; } finally { n ^= 1; } return n; }
function big() { let a = 1n; for (let i = 1n; i <= 400n; i++) a *= i; return (a % (10n ** 9n + 7n)).toString() + a.toString().length; }
function floats() { const f = new Float64Array(1000); for (let k = 0; k < 200; k++) for (let i = 0; i < f.length; i++) f[i] = Math.sin(f[i] + i * 0.01) + Math.sqrt(Math.abs(f[i])) * 0.5 + Math.pow(1.0001, i); return f.reduce((a, b) => a + b); }
function* numbers(n) { for (let i = 0; i < n; i++) yield i; }
function generated() { let sum = 0; for (const i of numbers(100000)) sum += i % 7; return sum; }
function json() { const o = Array.from({ length: 3000 }, (_, i) => ({ i, name: 'n' + i, list: [i, i / 3, null, true] })); return JSON.parse(JSON.stringify(o)).reduce((a, x) => a + x.list[1], 0); }
function sorted() { const a = Array.from({ length: 50000 }, (_, i) => (i * 7919) % 50021); a.sort((x, y) => x - y); return a[100] + a[40000]; }
for (let round = 0; round < 3; round++)
  for (const f of [mandelbrot, xorshift, trees, strings, maps, thrown, big, floats, generated, json, sorted])
    console.log(f.name, f(f === mandelbrot ? 150 : 2000000));
