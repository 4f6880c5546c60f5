# packages: python3.11-minimal libpython3.11-stdlib
export PYTHONDONTWRITEBYTECODE=1
cat > t.py <<'X'
import subprocess, threading, sys, os, signal, time, tempfile, shutil, queue
print(subprocess.run(['echo','hi'],capture_output=True,text=True)); print(subprocess.check_output('echo $((1+2)); exit 0',shell=True)); p=subprocess.Popen(['cat'],stdin=subprocess.PIPE,stdout=subprocess.PIPE); print(p.communicate(b'x'*100000)[0][:5]); print(subprocess.call(['false'])); 
try: subprocess.run(['nosuch'])
except FileNotFoundError as e: print(e)
try: subprocess.run(['sleep','5'],timeout=0.2)
except subprocess.TimeoutExpired as e: print('timeout')
l=[]; lk=threading.Lock()
def w(n):
    for i in range(100):
        with lk: l.append(n)
ts=[threading.Thread(target=w,args=(i,)) for i in range(4)]; [t.start() for t in ts]; [t.join() for t in ts]; print(len(l), sum(l)); q=queue.Queue(); threading.Thread(target=lambda: q.put('q')).start(); print(q.get()); e=threading.Event(); threading.Timer(0.05,e.set).start(); print(e.wait(2))
signal.signal(signal.SIGUSR1,lambda s,f: print('sig',s)); os.kill(os.getpid(),signal.SIGUSR1); signal.signal(signal.SIGALRM,lambda s,f: print('alrm')); signal.setitimer(signal.ITIMER_REAL,0.05); time.sleep(0.2); r,w=os.pipe(); pid=os.fork()
if pid==0: os.write(w,b'child'); os._exit(5)
print(os.read(r,10), os.waitstatus_to_exitcode(os.waitpid(pid,0)[1])); d=tempfile.mkdtemp(); open(d+'/x','w').write('y'); print(os.listdir(d)); shutil.copytree(d,'cp'); shutil.rmtree(d); print(os.path.exists(d), os.stat('cp/x').st_size); os.symlink('x','cp/l'); print(os.readlink('cp/l'), [ (x.name,x.is_symlink()) for x in sorted(os.scandir('cp'),key=lambda x:x.name)]); os.chmod('cp/x',0o600); print(oct(os.stat('cp/x').st_mode)); os.rename('cp/x','cp/z'); print(sorted(os.walk('cp'))); print(os.uname().sysname!='' , os.cpu_count()>0, os.getuid(), os.getpgid(0)==os.getpgrp(), time.strftime('%Y',time.gmtime(0)))
import socket, select, mmap, zlib, gzip, bz2, lzma, zipfile, tarfile, base64, binascii, csv, io, sqlite3, ctypes, pickle, xml.etree.ElementTree as ET, glob, fcntl, resource, uuid, secrets, logging, argparse, configparser, unicodedata, locale, platform
a,b=socket.socketpair(); a.send(b'sp'); print(b.recv(5)); s=socket.socket(); s.bind(('127.0.0.1',0)); s.listen(); c=socket.create_connection(s.getsockname()); k,_=s.accept(); c.sendall(b'tcp'); print(k.recv(9)); print(select.select([k],[c],[],0)[1]!=[]); m=mmap.mmap(-1,4096); m[:3]=b'abc'; print(m[:3]); print(zlib.crc32(b'abc'), len(zlib.compress(b'a'*1000)), zlib.decompress(zlib.compress(b'zz')), gzip.decompress(gzip.compress(b'gz')), bz2.decompress(bz2.compress(b'bz')), lzma.decompress(lzma.compress(b'xz'))); z=zipfile.ZipFile('z.zip','w',zipfile.ZIP_DEFLATED); z.writestr(zipfile.ZipInfo('n'),'data'); z.close(); print(zipfile.ZipFile('z.zip').read('n')); t=tarfile.open('t.tar','w'); ti=tarfile.TarInfo('f'); ti.size=3; t.addfile(ti,io.BytesIO(b'abc')); t.close(); print(tarfile.open('t.tar').getnames()); con=sqlite3.connect('d.db'); con.execute('create table t(a,b)'); con.executemany('insert into t values(?,?)',[(1,'x'),(2,'y')]); con.commit(); print(con.execute('select sum(a),group_concat(b) from t').fetchone(), sqlite3.sqlite_version); con.close(); print(ctypes.CDLL(None).abs(-5), ctypes.sizeof(ctypes.c_long)); L=ctypes.CDLL('libc.so.6'); CB=ctypes.CFUNCTYPE(ctypes.c_int,ctypes.POINTER(ctypes.c_int),ctypes.POINTER(ctypes.c_int)); arr=(ctypes.c_int*4)(3,1,2,0); L.qsort(arr,4,4,CB(lambda x,y: x[0]-y[0])); print(list(arr)); print(pickle.loads(pickle.dumps({'a':(1,2)}))); print(ET.fromstring('<a><b c="1">t</b></a>').find('b').attrib); print(resource.getrlimit(resource.RLIMIT_NOFILE)[0]>0, locale.getpreferredencoding(), sys.getfilesystemencoding(), sys.stdout.encoding); logging.warning('w'); print(unicodedata.name('é'), uuid.UUID(int=5), base64.b64encode(b'xx'))
import concurrent.futures as cf
with cf.ThreadPoolExecutor(3) as ex: print(list(ex.map(lambda x:x*x,range(5))))
def rec(n): return rec(n+1)
try: rec(0)
except RecursionError as e: print('rec', e)
def outer(): inner()
def inner(): raise ValueError('deep')
outer()
X
python3.11 t.py; echo $?; python3.11 -c 'x ='; echo $?; python3.11 -m json.tool <<X
{"a":1}
X
python3.11 -S -E -c 'print(1)'; printf 'print("repl")\n1+1\n' | python3.11 -i 2>&1 | tail -3; python3.11 -c 'import os; os.abort()'; echo $?; python3.11 -c 'import faulthandler,ctypes; faulthandler.enable(); ctypes.string_at(0)' 2>&1 | head -2; echo ${PIPESTATUS}
