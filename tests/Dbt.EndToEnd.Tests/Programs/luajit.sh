# LuaJIT: recorded traces, code made at run time, and calls into C.
cat >program.lua <<'L'
local ffi = require "ffi"
ffi.cdef [[int snprintf(char *, size_t, const char *, ...);]]
local function fib(n) return n < 2 and n or fib(n - 1) + fib(n - 2) end
print(jit.arch, (jit.status()), fib(28))
local text = ffi.new("char[64]")
ffi.C.snprintf(text, 64, "%d %s", ffi.new("int", 42), "x")
print(ffi.string(text))
local sum = 0
for i = 1, 5e7 do sum = sum + bit.band(i, 7) end
print(sum)
local parts = {}
for i = 1, 1e5 do parts[i] = tostring(i * i) end
print(#table.concat(parts))
local numbers = ffi.new("double[1000]")
for _ = 1, 2000 do for i = 0, 999 do numbers[i] = numbers[i] + i * 0.5 end end
print(numbers[999])
for k = 1, 200 do sum = sum + loadstring("local s = 0 for i = 1, 1000 do s = s + i * " .. k .. " end return s")() end
print(sum)
L
$RUN /usr/bin/luajit program.lua
