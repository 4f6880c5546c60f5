# packages: python3.11-minimal libpython3.11-stdlib
export PYTHONDONTWRITEBYTECODE=1
cat > t.py <<'X'
import sys, json, re, hashlib, math, collections, itertools, functools, datetime, os, struct, random, string, textwrap, decimal, fractions
print(sys.version_info[:3], sys.platform, sys.byteorder, sys.maxsize, sys.getrecursionlimit())
print(json.dumps({'a':[1,2.5,None,True,"é\n"],'b':{'c':1e100}},sort_keys=True,indent=1)); print(json.loads('{"x":[1,2,{"y":"z"}]}'))
print(re.findall(r'(\w+)=(\d+)','a=1 b=22'), re.sub(r'(?P<x>\d)',r'<\g<x>>','a1b2'), re.split(r'\s*,\s*','a , b,c'), re.match(r'(?i)HEL+O','hello').span())
for h in ('md5','sha1','sha256','sha512','blake2b','sha3_256'): print(h, hashlib.new(h,b'abc').hexdigest())
print(math.sqrt(2), math.factorial(30), math.gcd(12,18), math.log(10), math.sin(1), 0.1+0.2, 1e16, 1/3, 2**200, 7//-2, -7%3, round(2.5), 1e-7, float('inf'), float('nan'), 3.0, 1e22, 123456789012345678.0)
print(collections.Counter('abracadabra').most_common(2), list(itertools.permutations('abc',2))[:3], functools.reduce(lambda a,b:a*b,range(1,10)))
print(datetime.datetime(2020,2,29,12,30).isoformat(), datetime.date(2024,1,1).strftime('%A %d %B %Y'), datetime.timedelta(days=1.5), datetime.datetime.fromtimestamp(0,datetime.timezone.utc))
print(struct.pack('<iHd',1,2,3.5).hex(), struct.unpack('>I',b'\0\0\1\0')); random.seed(42); print(random.random(), random.randint(1,100), random.sample(range(10),3), random.gauss(0,1))
print(f'{3.14159:.2f} {255:#x} {"x":>5} {1234567:,} {0.25:%} {1e10:g} {"a"!r} {12:08b}', '%s %5.1f %r' % ('s',2.25,'q')); print(decimal.Decimal(1)/decimal.Decimal(7), fractions.Fraction(3,9))
class A:
    def __init__(s,x): s.x=x
    def __repr__(s): return f'A({s.x})'
    def __eq__(s,o): return s.x==o.x
print(A(1), A(1)==A(1), sorted([3,1,2],reverse=True), {i:i*i for i in range(3)}, {1,2}|{3}, [*map(str,range(3))], list(zip('ab',[1,2])))
def gen():
    x = yield 1
    print('sent',x); yield 2
g=gen(); next(g); print(g.send('v'))
with open('o.txt','w') as f: f.write('a\nb\n'); print('hello',file=f)
print(open('o.txt').read().splitlines(), os.path.getsize('o.txt'), sorted(os.listdir('.')), os.getcwd(), os.environ.get('HOME'))
try: open('nofile')
except OSError as e: print(e, e.errno, type(e).__name__)
try: 1/0
except ZeroDivisionError as e: print(repr(e))
print(textwrap.fill('the quick brown fox jumps over the lazy dog',20)); print(sum(x*x for x in range(1000)), any([0,1]), max('abc'), bytes(range(5)), bytearray(b'x')*3, 'ß'.upper(), 'é'.encode(), b'\xc3\xa9'.decode(), len('€'), ord('a'), chr(8364)) 
print(sys.argv, __name__, sys.stdin.read() if not sys.stdin.isatty() else None); print(int('ff',16), bin(10), oct(8), hex(255), complex(1,2)*2, divmod(17,5), pow(3,100,7), isinstance(1,int), type(1).__name__, hash('a')!=0 , id(1)>0)
import asyncio
async def co(n): await asyncio.sleep(0.01); return n*2
async def main(): return await asyncio.gather(*[co(i) for i in range(3)])
print(asyncio.run(main()))
sys.stderr.write('err\n'); sys.exit(3)
X
echo in | python3.11 t.py a b; echo $?
