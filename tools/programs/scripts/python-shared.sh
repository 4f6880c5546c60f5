# packages: python3.11-minimal libpython3.11-stdlib
export PYTHONDONTWRITEBYTECODE=1
python3.11 - <<'PY'
import mmap, multiprocessing as mp, os
from multiprocessing import shared_memory

def work(value, array, queue, lock, i):
    for _ in range(200):
        with lock:
            value.value += 1
    array[i] = i * i
    queue.put(i)

mp.set_start_method('fork')
value, array, queue, lock = mp.Value('i', 0), mp.Array('d', 4), mp.Queue(), mp.Lock()
workers = [mp.Process(target=work, args=(value, array, queue, lock, i)) for i in range(4)]
for each in workers:
    each.start()
print(sorted(queue.get() for _ in workers))
for each in workers:
    each.join()
print(value.value, list(array), [each.exitcode for each in workers])
with mp.Pool(2) as pool:
    print(pool.map(abs, range(-5, 5)))

region = mmap.mmap(-1, 4096)
if os.fork() == 0:
    region[:5] = b'child'
    os._exit(0)
os.wait()
print(region[:5])

block = shared_memory.SharedMemory(create=True, size=100)
def touch(name):
    other = shared_memory.SharedMemory(name=name)
    other.buf[0] = 42
    other.close()
toucher = mp.Process(target=touch, args=(block.name,))
toucher.start()
toucher.join()
print(block.buf[0])
block.close()
block.unlink()

event, barrier, pipe = mp.Event(), mp.Barrier(3), mp.Pipe()
def meet(i):
    event.wait()
    barrier.wait()
    pipe[1].send((i, os.getppid() == parent))
parent = os.getpid()
met = [mp.Process(target=meet, args=(i,)) for i in range(2)]
for each in met:
    each.start()
event.set()
barrier.wait()
print(sorted(pipe[0].recv() for _ in met))
for each in met:
    each.join()
PY
