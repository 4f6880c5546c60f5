//! Everyday use of std, one section per facility; every line printed is the same in every run.
use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::os::unix::net::UnixStream;
use std::os::unix::process::ExitStatusExt;
use std::panic;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::sync::{Arc, Barrier, Condvar, Mutex, Once, RwLock};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

fn threads() {
    let total = Arc::new(Mutex::new(0u64));
    let workers: Vec<_> = (0..8)
        .map(|i| {
            let total = Arc::clone(&total);
            thread::Builder::new()
                .name(format!("worker-{i}"))
                .spawn(move || {
                    for n in 0..100 {
                        *total.lock().unwrap() += n * i;
                    }
                    thread::current().name().unwrap().to_owned()
                })
                .unwrap()
        })
        .collect();
    let names: Vec<String> = workers.into_iter().map(|w| w.join().unwrap()).collect();
    println!("threads: {} {}", names.join(","), total.lock().unwrap());

    let pair = Arc::new((Mutex::new(Vec::new()), Condvar::new()));
    let other = Arc::clone(&pair);
    let consumer = thread::spawn(move || {
        let (lock, ready) = &*other;
        let mut got = Vec::new();
        while got.len() < 5 {
            let mut queue = lock.lock().unwrap();
            while queue.is_empty() {
                queue = ready.wait(queue).unwrap();
            }
            got.append(&mut queue);
        }
        got
    });
    for i in 0..5 {
        pair.0.lock().unwrap().push(i * i);
        pair.1.notify_one();
        thread::yield_now();
    }
    println!("condvar: {:?}", consumer.join().unwrap());
    let (guard, timeout) = pair.1.wait_timeout(pair.0.lock().unwrap(), Duration::from_millis(5)).unwrap();
    println!("condvar timeout: {} {}", guard.len(), timeout.timed_out());
    drop(guard);

    let table = Arc::new(RwLock::new(HashMap::new()));
    let barrier = Arc::new(Barrier::new(4));
    let readers: Vec<_> = (0..4)
        .map(|i| {
            let (table, barrier) = (Arc::clone(&table), Arc::clone(&barrier));
            thread::spawn(move || {
                table.write().unwrap().insert(i, i * 10);
                barrier.wait();
                let seen: i32 = table.read().unwrap().values().sum();
                seen
            })
        })
        .collect();
    println!("rwlock: {:?}", readers.into_iter().map(|r| r.join().unwrap()).collect::<Vec<_>>());

    static STARTED: Once = Once::new();
    static RUNS: AtomicUsize = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| STARTED.call_once(|| drop(RUNS.fetch_add(1, Ordering::SeqCst))));
        }
    });
    println!("once: {}", RUNS.load(Ordering::SeqCst));

    let (send, receive) = mpsc::sync_channel(2);
    let producer = thread::spawn(move || (0..6).for_each(|i| send.send(i).unwrap()));
    println!("channel: {:?}", receive.iter().collect::<Vec<i32>>());
    producer.join().unwrap();
    let parked = thread::spawn(|| {
        thread::park();
        "unparked"
    });
    parked.thread().unpark();
    println!("park: {}", parked.join().unwrap());
    let before = Instant::now();
    thread::sleep(Duration::from_millis(20));
    println!("sleep: {}", before.elapsed() >= Duration::from_millis(20));
    println!("clock: {}", SystemTime::now() > SystemTime::UNIX_EPOCH);
}

struct Noisy(&'static str);
impl Drop for Noisy {
    fn drop(&mut self) {
        println!("drop {}", self.0);
    }
}
thread_local! {
    static LOCAL: RefCell<Vec<u32>> = RefCell::new(vec![1]);
    static NOISY: Noisy = Noisy("thread-local");
}

fn locals() {
    LOCAL.with(|l| l.borrow_mut().push(2));
    let other = thread::spawn(|| {
        NOISY.with(|n| println!("with {}", n.0));
        LOCAL.with(|l| l.borrow().len())
    });
    println!("locals: {} {}", LOCAL.with(|l| l.borrow().len()), other.join().unwrap());
}

fn maps() {
    let text = "the quick brown fox jumps over the lazy dog the end";
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for word in text.split(' ') {
        *counts.entry(word).or_default() += 1;
    }
    let sorted: BTreeMap<_, _> = counts.iter().collect();
    println!("maps: {:?}", sorted);
    let set: HashSet<char> = text.chars().collect();
    println!("set: {}", set.len());
    println!("floats: {} {:e} {:?} {:.3} {}", 0.1 + 0.2, 1e300, f64::NAN, 2.0f64.sqrt(), "1e-7".parse::<f64>().unwrap());
    println!("maths: {:.12} {:.12} {:.12} {:.12}", 1.0f64.sin(), 2.5f64.powf(1.5), 10f64.ln(), 0.5f64.tanh());
    println!("integers: {} {:?} {}", u128::MAX, "x".parse::<i32>(), i64::MIN / 3);
}

fn files() -> io::Result<()> {
    let dir = std::env::temp_dir().join("life-test");
    let _ = fs::remove_dir_all(&dir);
    fs::create_dir_all(dir.join("a/b"))?;
    fs::write(dir.join("a/one"), "first\nsecond\nthird\n")?;
    let lines: Vec<String> = BufReader::new(File::open(dir.join("a/one"))?).lines().collect::<Result<_, _>>()?;
    println!("lines: {lines:?}");
    let mut file = OpenOptions::new().read(true).write(true).append(false).open(dir.join("a/one"))?;
    file.seek(SeekFrom::Start(6))?;
    file.write_all(b"SECOND")?;
    file.seek(SeekFrom::End(-6))?;
    let mut tail = String::new();
    file.read_to_string(&mut tail)?;
    println!("tail: {tail:?} {}", fs::metadata(dir.join("a/one"))?.len());
    file.set_len(5)?;
    fs::copy(dir.join("a/one"), dir.join("a/two"))?;
    fs::rename(dir.join("a/two"), dir.join("a/b/three"))?;
    std::os::unix::fs::symlink("b/three", dir.join("a/link"))?;
    println!("link: {:?} {:?}", fs::read_link(dir.join("a/link"))?, fs::read_to_string(dir.join("a/link"))?);
    fs::hard_link(dir.join("a/one"), dir.join("a/hard"))?;
    let mut names: Vec<_> = fs::read_dir(dir.join("a"))?
        .map(|e| e.map(|e| (e.file_name().into_string().unwrap(), e.file_type().unwrap().is_dir())))
        .collect::<Result<_, _>>()?;
    names.sort();
    println!("names: {names:?}");
    for bad in ["a/none", "a/one/below", "a"] {
        println!("error: {}", File::create(dir.join(bad)).and(fs::read(dir.join(bad))).map(|b| b.len().to_string()).unwrap_or_else(|e| format!("{e} {:?}", e.kind())));
    }
    println!("remove: {}", fs::remove_dir(dir.join("a")).unwrap_err());
    fs::remove_dir_all(&dir)?;
    println!("gone: {}", dir.exists());
    Ok(())
}

fn processes() -> io::Result<()> {
    let me = std::env::current_exe()?;
    let out = Command::new(&me).arg("child").arg("argument with space").env("LIFE", "42").output()?;
    print!("child said: {}", String::from_utf8_lossy(&out.stdout));
    print!("child complained: {}", String::from_utf8_lossy(&out.stderr));
    println!("child: {:?}", out.status);
    let mut echo = Command::new(&me).arg("echo").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
    let mut input = echo.stdin.take().unwrap();
    let feeder = thread::spawn(move || {
        for i in 0..20_000 {
            writeln!(input, "line {i}").unwrap();
        }
    });
    let mut echoed = String::new();
    echo.stdout.take().unwrap().read_to_string(&mut echoed)?;
    feeder.join().unwrap();
    println!("echo: {} {:?}", echoed.len(), echo.wait()?);
    println!("missing: {}", Command::new("/no/such/program").spawn().unwrap_err());
    println!("cwd: {}", Command::new(&me).arg("child").current_dir("/no/such/dir").spawn().unwrap_err());
    let aborted = Command::new(&me).arg("abort").stderr(Stdio::null()).status()?;
    println!("abort: {:?} {:?}", aborted.signal(), aborted.code());
    let mut sleeper = Command::new(&me).arg("sleep").spawn()?;
    println!("running: {:?}", sleeper.try_wait()?);
    sleeper.kill()?;
    println!("killed: {:?}", sleeper.wait()?.signal());
    let overflow = Command::new(&me).arg("overflow").output()?;
    print!("overflow: {:?} {}", overflow.status.signal(), String::from_utf8_lossy(&overflow.stderr));
    let panicked = Command::new(&me).arg("panic").env("RUST_BACKTRACE", "1").output()?;
    let text = String::from_utf8_lossy(&panicked.stderr).into_owned();
    println!("panic: {:?} {}", panicked.status.code(), text.lines().next().unwrap_or(""));
    println!("backtrace: {} {}", text.contains("life::deepest"), text.contains("life::main"));
    Ok(())
}

fn sockets() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    let server = thread::spawn(move || -> io::Result<String> {
        let (mut peer, _) = listener.accept()?;
        let mut text = String::new();
        peer.read_to_string(&mut text)?;
        peer.write_all(text.to_uppercase().as_bytes())?;
        Ok(text)
    });
    let mut client = TcpStream::connect(address)?;
    client.write_all(b"over tcp")?;
    client.shutdown(std::net::Shutdown::Write)?;
    let mut answer = String::new();
    client.read_to_string(&mut answer)?;
    println!("tcp: {} {}", server.join().unwrap()?, answer);
    let (mut a, mut b) = UnixStream::pair()?;
    a.write_all(b"pair")?;
    drop(a);
    let mut text = String::new();
    b.read_to_string(&mut text)?;
    println!("unix: {text}");
    let (one, two) = (UdpSocket::bind("127.0.0.1:0")?, UdpSocket::bind("127.0.0.1:0")?);
    one.send_to(b"datagram", two.local_addr()?)?;
    let mut buffer = [0; 32];
    let (count, from) = two.recv_from(&mut buffer)?;
    println!("udp: {} {}", count, from == one.local_addr()?);
    println!("refused: {}", TcpStream::connect("127.0.0.1:1").unwrap_err());
    Ok(())
}

#[inline(never)]
fn deepest(n: u32) -> u32 {
    if n == 0 {
        panic!("the bottom is reached");
    }
    deepest(n - 1) + 1
}

fn panics() {
    panic::set_hook(Box::new(|info| println!("hook: {}", info)));
    let caught = panic::catch_unwind(|| {
        let _guard = Noisy("unwound");
        deepest(3)
    });
    println!("caught: {:?}", caught.unwrap_err().downcast_ref::<&str>());
    let joined = thread::spawn(|| {
        let v: Vec<i32> = Vec::new();
        v[1]
    })
    .join();
    println!("thread: {:?}", joined.unwrap_err().downcast_ref::<String>());
    let poisoned = Arc::new(Mutex::new(1));
    let held = Arc::clone(&poisoned);
    let _ = thread::spawn(move || {
        let _lock = held.lock().unwrap();
        panic!("with the lock")
    })
    .join();
    println!("poisoned: {}", poisoned.is_poisoned());
    let _ = panic::take_hook();
}

fn recurse(n: u64) -> u64 {
    let filler = [n; 64];
    let seen = unsafe { std::ptr::read_volatile(&filler[3]) };
    if n == u64::MAX { 0 } else { recurse(n + 1) + seen }
}

fn main() {
    let mut args = std::env::args().skip(1);
    match args.next().as_deref() {
        None => {}
        Some("child") => {
            println!("{:?} {:?}", args.collect::<Vec<_>>(), std::env::var("LIFE"));
            eprintln!("on standard error");
            std::process::exit(17);
        }
        Some("echo") => {
            for line in io::stdin().lock().lines() {
                println!("{}", line.unwrap());
            }
            return;
        }
        Some("abort") => std::process::abort(),
        Some("sleep") => loop {
            thread::sleep(Duration::from_secs(3600));
        },
        Some("overflow") => {
            println!("{}", recurse(0));
            return;
        }
        Some("panic") => {
            deepest(2);
            return;
        }
        Some(other) => panic!("{other}"),
    }
    println!("args: {} {}", std::env::args().count(), std::env::current_dir().is_ok());
    threads();
    locals();
    maps();
    files().unwrap();
    processes().unwrap();
    sockets().unwrap();
    panics();
    println!("end");
}
