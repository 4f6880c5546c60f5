# packages: python3.11-minimal libpython3.11-stdlib
export PYTHONDONTWRITEBYTECODE=1
cat > t.py <<'X'
import asyncio, os, selectors, socket, threading, signal, http.server, urllib.request, json, heapq, contextlib, tempfile, io, unittest, doctest, dataclasses, enum, typing, weakref, gc, traceback, warnings, inspect, ast, dis, string, itertools, operator, bisect, array, queue, sched, time, hashlib, hmac, zlib, difflib, shlex, fnmatch, copy, pprint, statistics, random, calendar, ipaddress, html, urllib.parse, email.message, configparser, argparse, subprocess
print(selectors.DefaultSelector.__name__)
async def echo(r, w):
    while data := await r.readline(): w.write(data.upper()); await w.drain()
    w.close()
async def main():
    server = await asyncio.start_server(echo, '127.0.0.1', 0); port = server.sockets[0].getsockname()[1]
    r, w = await asyncio.open_connection('127.0.0.1', port); w.write(b'hello\nworld\n'); print(await r.readline(), await r.readline()); w.close(); server.close()
    p = await asyncio.create_subprocess_exec('sh', '-c', 'read x; echo got $x; exit 3', stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE); print(await p.communicate(b'line\n'), p.returncode)
    try: await asyncio.wait_for(asyncio.sleep(5), 0.05)
    except asyncio.TimeoutError: print('timeout')
    loop = asyncio.get_running_loop(); f = loop.create_future(); loop.add_signal_handler(signal.SIGUSR1, f.set_result, 'signal'); os.kill(os.getpid(), signal.SIGUSR1); print(await f, await loop.run_in_executor(None, lambda: 6 * 7)); q = asyncio.Queue(); asyncio.create_task(q.put(1)); print(await q.get()); return await asyncio.gather(*(asyncio.sleep(0.01 * (3 - i), i) for i in range(3)))
print(asyncio.run(main()))
class H(http.server.BaseHTTPRequestHandler):
    def do_GET(s): s.send_response(200); s.end_headers(); s.wfile.write(json.dumps({'path': s.path}).encode())
    def log_message(s, *a): pass
srv = http.server.ThreadingHTTPServer(('127.0.0.1', 0), H); threading.Thread(target=srv.serve_forever, daemon=True).start(); print(urllib.request.urlopen(f'http://127.0.0.1:{srv.server_port}/x?y=1').read()); srv.shutdown(); srv.server_close()
@dataclasses.dataclass(order=True)
class P: x: int; y: float = 1.5
print(sorted([P(2), P(1, 3)]), statistics.stdev([1, 2, 4]), calendar.month(2024, 2).splitlines()[2], ipaddress.ip_network('10.0.0.0/30').num_addresses, urllib.parse.quote('a b/é'), html.escape('<&>'), shlex.split("a 'b c'"), list(difflib.unified_diff(['a'], ['b'], lineterm=''))[-2:], hmac.new(b'k', b'm', 'sha256').hexdigest()[:16])
dis.dis(compile('x+1', '', 'eval')); print(ast.dump(ast.parse('f(x)', mode='eval')))
class T(unittest.TestCase):
    def test_ok(self): self.assertEqual(1, 1)
    def test_bad(self): self.assertIn(3, [1, 2])
s = io.StringIO(); r = unittest.TextTestRunner(stream=s, verbosity=0).run(unittest.defaultTestLoader.loadTestsFromTestCase(T)); print(r.testsRun, len(r.failures), r.failures[0][1].splitlines()[-1])
def gen():
    try: yield from range(3)
    finally: print('closed')
g = gen(); next(g); g.close(); print([*itertools.accumulate(range(6), operator.mul)], heapq.nsmallest(2, [5, 1, 3]), array.array('d', [1.5]).tobytes().hex(), copy.deepcopy({'a': [1]}), str(typing.Optional[int]), enum.Enum('E', 'A B').B)
try:
    try: 1 / 0
    except ZeroDivisionError as e: raise KeyError('k') from e
except KeyError: traceback.print_exc()
match {'k': [1, 2, 3]}:
    case {'k': [a, *rest]}: print(a, rest)
print(f'{2**0.5:.17g} {1e-320} {float.fromhex("0x1.8p3")} {(0.1).hex()} {round(2.675, 2)} {10**25:e} {-7 // 2} {divmod(-7, 2)} {int("-0b101", 0)} {1_000:_}', 1e16, 1e15, 123456789.123456789, 5e-324, 1.7976931348623157e308)
with warnings.catch_warnings(record=True) as w: warnings.simplefilter('always'); warnings.warn('x'); print(w[0].message)
with contextlib.suppress(ValueError): int('x')
print(sum(1 for _ in itertools.permutations(range(7))), hashlib.sha256(bytes(100000)).hexdigest()[:16], zlib.adler32(b'x' * 100000), random.Random(7).gauss(0, 1), [random.Random(3).choice('abc') for _ in range(3)])
X
python3.11 t.py; echo $?
