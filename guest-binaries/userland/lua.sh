# lua5.4: coroutines, closures, strings, garbage collection, processes.
# packages: bash lua5.4 coreutils
cat >program.lua <<'LUA'
local function sieve(n) local t, c = {}, 0; for i = 2, n do if not t[i] then c = c + 1; for j = i * i, n, i do t[j] = true end end end; return c end
print(sieve(300000))
local co = coroutine.wrap(function() local a, b = 0, 1; while true do coroutine.yield(a); a, b = b, a + b end end)
local t = {}; for i = 1, 90 do t[i] = co() end; print(t[90], #t, table.concat(t, " ", 1, 20))
local s = 0; for i = 1, 200000 do local x = { i, tostring(i), function() return i end }; s = s + x[3]() + #x[2] end; collectgarbage(); print(s, collectgarbage("count") < 10000)
print(("%5.2f|%-8s|%x|%q|%a"):format(math.pi, "left", 48879, 'quo"te\n', 0.1), 7 // 2, -7 // 2, -7 % 3, 7.5 // 2, 1 << 62, 5 // 0.0, 2^53 + 1, math.maxinteger + 1 == math.mininteger)
print((("the quick brown fox"):gsub("(%w+)", function(w) return w:reverse() end)), ("key = value"):match("^(%w+)%s*=%s*(%w+)$"), string.pack("<i4zd", 7, "z", 1.5):byte(1, -1))
print(pcall(error, { code = 7 }), select("#", pcall(error)), (select(2, pcall(function() local x = nil; return x.y end))))
print(xpcall(function() error("deep", 0) end, function(m) return m .. " handled" end))
local function depth(n) if n == 0 then return 0 end return 1 + depth(n - 1) end; print(depth(100000), pcall(function() local function f() return f() + 1 end; f() end))
local p = io.popen("echo from a process; exit 4"); print(p:read("a"), p:close()); print(os.execute("exit 3"), os.getenv("NO_SUCH"), os.date("!%F", 86400), os.time({ year = 2000, month = 1, day = 1, hour = 12 }))
local f <close> = io.open("file", "w+"); for i = 1, 1000 do f:write(i, "\n") end; f:seek("set"); local sum = 0; for l in f:lines("n") do sum = sum + l end; print(sum)
local words = {}; for i = 1, 3000 do words[i] = tostring(i * 7919 % 3001) end; table.sort(words); print(words[1], words[1500], words[3000], utf8.char(8364, 128512), utf8.len("€"), #utf8.char(8364))
print(string.format("%.14g %.14g %.14g", math.sin(1e6), math.exp(-3.3), math.fmod(-7, 3)), math.tointeger(3.0), math.type(1), 1e15, 2^63, -0.0, 0x7fffffffffffffff + 0.0)
setmetatable(_G, { __index = function(_, n) return "missing " .. n end }); print(nothing, load("return 1 + 1")(), require("string") == string)
LUA
lua5.4 program.lua; echo "status $?"; luac5.4 -o compiled program.lua && lua5.4 compiled | sha256sum; lua5.4 program.lua | sha256sum; echo 'print(1 +' | lua5.4 - 2>&1; echo "status $?"; lua5.4 -e 'os.exit(7)'; echo "status $?"
