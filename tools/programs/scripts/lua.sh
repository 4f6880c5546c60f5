# packages: lua5.4
cat > t.lua <<'X'
print(_VERSION, math.pi, 1/3, 10//3, 10%3, 2^53, 7/2, -7//2, -7%3, 1e15, 1e100, 0x10p2, math.maxinteger, math.mininteger, 1//0.0, -1/0, 0/0)
local function counter() local n=0 return function() n=n+1 return n end end
local c=counter() c() print(c(), c())
print(string.format("%5d|%-5s|%05.2f|%x|%q|%g|%a|%i|%c|%s", 42, "ab", 3.14159, 255, 'a"b\n', 1e20, 1.5, 3, 65, nil))
local co=coroutine.wrap(function(a) for i=1,3 do a=coroutine.yield(a*i) end return "done" end)
print(co(2), co(3), co(4), co(5))
local t={5,2,8,1}; table.sort(t); print(table.concat(t,","), #t, select('#',1,2,3), table.unpack(t))
table.sort(t,function(a,b) return a>b end); print(table.concat(t," "))
for k,v in string.gmatch("a=1, b=2","(%w+)=(%w+)") do io.write(k,v,";") end print()
print(("hello"):gsub("l","L"), ("x"):rep(3,","), ("abc"):byte(1,-1), ("hello"):find("l+"), ("k=v"):match("(%w)=(%w)"))
local mt=setmetatable({},{__index=function(_,k) return k.."!" end,__call=function(_,x) return x*2 end,__tostring=function() return "MT" end,__add=function(a,b) return 99 end})
print(mt.foo, mt(21), tostring(mt), mt+1)
print(pcall(error,{code=1}), pcall(error,"msg",0), select(2,pcall(function() local x=nil; return x.y end)))
print(select(2,xpcall(function() error("tb") end, function(m) return debug.traceback(m,1) end)))
goto done
::done::
print(os.time{year=2020,month=1,day=1,hour=12}, os.date("!%Y-%m-%d %H:%M:%S",0), os.getenv("HOME"), type(os.clock()))
local f=assert(io.open("o.txt","w")); f:write("line1\n","line2\n",3.5,"\n"); f:close(); for l in io.lines("o.txt") do print(l) end
local f=io.open("o.txt"); print(f:read("l","n","n"), f:seek("set",0), f:read("a")); f:close(); print(io.open("nofile"))
local p=io.popen("echo popen; exit 3"); print(p:read("a")); print(p:close()); print(os.execute("exit 4")); print(os.rename("o.txt","o2.txt"), os.remove("o2.txt"), os.remove("none"))
print(string.pack("<i4","7"):byte(1,-1)); print(utf8.char(233,8364), utf8.len("é€"), #utf8.char(8364)); print(load("return 1+")); print(tostring(1e16), 2^63, math.tointeger(3.0), 3|4, ~0, 1<<62, "10"+5, 10 .. "")
local N=200; local s={} for i=2,N do s[i]=true end for i=2,N do if s[i] then for j=i*i,N,i do s[j]=nil end end end local c=0 for _ in pairs(s) do c=c+1 end print(c)
collectgarbage(); print(collectgarbage("count")>0); print(string.rep("x",100000):len()); local function d(n) if n==0 then return 0 end return 1+d(n-1) end print(d(10000), pcall(function() local function r() return 1+r() end return r() end))
X
lua5.4 t.lua; echo $?; lua5.4 -e 'print(#arg, ...)' a b; echo 'print("stdin")' | lua5.4 -; lua5.4 -e 'error("x")'; echo $?; lua5.4 -e 'os.exit(7)'; echo $?; luac5.4 -l t.lua > listing; sed 's/0x[0-9a-f]*/X/g' listing | head -5; rm -f luac.out listing; lua5.4 -e 'x = = 1'
