//! Redox by its system calls alone: no C library, no standard library, the vendored `redox_syscall`.
#![no_std]
#![no_main]

use core::arch::{asm, global_asm};
use core::fmt::{self, Write};
use core::sync::atomic::{AtomicI32, Ordering};
use syscall::*;

// argc is where rsp points at entry; Rust wants an aligned stack and a return address.
global_asm!(".globl _start", "_start: xor ebp, ebp", "and rsp, -16", "call raw_main", "ud2");

struct Out;
impl Write for Out {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let mut left = text.as_bytes();
        while !left.is_empty() {
            left = &left[write(1, left).map_err(|_| fmt::Error)?..];
        }
        Ok(())
    }
}
macro_rules! say {
    ($($word:tt)*) => { writeln!(Out, $($word)*).unwrap() };
}

fn text(bytes: &[u8]) -> &str {
    core::str::from_utf8(bytes).unwrap()
}

fn files() -> Result<()> {
    let fd = open("file:/tmp/raw.txt", O_CREAT | O_RDWR | O_TRUNC | 0o600)?;
    say!("wrote {}", write(fd, b"by scheme path")?);
    lseek(fd, 3, SEEK_SET)?;
    let mut bytes = [0; 64];
    let got = read(fd, &mut bytes)?;
    say!("read {:?}", text(&bytes[..got]));
    let mut stat = Stat::default();
    fstat(fd, &mut stat)?;
    say!("size {} mode {:o}", stat.st_size, stat.st_mode);
    ftruncate(fd, 2)?;
    fstat(fd, &mut stat)?;
    say!("cut to {}", stat.st_size);
    close(fd)?;
    say!("closed twice: {}", close(fd).unwrap_err());
    unlink("file:/tmp/raw.txt")?;
    say!("gone: {}", open("file:/tmp/raw.txt", O_RDONLY).unwrap_err());
    say!("no scheme: {}", open("nothing:here", O_RDONLY).unwrap_err());
    let null = open("null:", O_RDWR)?;
    say!("null takes {} and gives {}", write(null, &bytes)?, read(null, &mut bytes)?);
    let random = open("rand:", O_RDONLY)?;
    let mut words = [0; 16];
    say!("random gives {}, all zero {}", read(random, &mut words)?, words == [0; 16]);
    Ok(())
}

fn memory() -> Result<()> {
    let fd = open("file:/tmp/map", O_CREAT | O_RDWR)?;
    write(fd, &[b'x'; 5000])?;
    let shared = Map { offset: 0, size: 5000, flags: MapFlags::MAP_SHARED | MapFlags::PROT_READ | MapFlags::PROT_WRITE, address: 0 };
    let at = unsafe { fmap(fd, &shared)? };
    let bytes = unsafe { core::slice::from_raw_parts_mut(at as *mut u8, 5000) };
    say!("mapped {:?}", (bytes[0], bytes[4999]));
    bytes[4998] = b'y';
    unsafe { funmap(at, 8192)? };
    lseek(fd, 4997, SEEK_SET)?;
    let mut end = [0; 8];
    let got = read(fd, &mut end)?;
    say!("written back {:?}", text(&end[..got]));
    let private = Map { offset: 0, size: 0x10000, flags: MapFlags::MAP_PRIVATE | MapFlags::PROT_READ | MapFlags::PROT_WRITE, address: 0 };
    let at = unsafe { fmap(!0, &private)? };
    let words = unsafe { core::slice::from_raw_parts_mut(at as *mut u64, 0x2000) };
    say!("anonymous memory is zero: {}", words.iter().all(|each| *each == 0));
    words.fill(7);
    say!("sum {}", words.iter().sum::<u64>());
    unsafe { mprotect(at, 0x1000, MapFlags::PROT_READ)? };
    unsafe { funmap(at, 0x10000)? };
    say!("unmapped twice fails: {}", unsafe { fmap(99, &shared) }.unwrap_err());
    close(fd)?;
    unlink("file:/tmp/map")?;
    Ok(())
}

fn processes() -> Result<()> {
    let mut ends = [0; 2];
    pipe2(&mut ends, 0)?;
    let parent = getpid()?;
    let child = unsafe { clone(CloneFlags::empty())? };
    if child == 0 {
        close(ends[0])?;
        let own = getppid()? == parent && getpid()? != parent;
        write(ends[1], if own { b"a child of its parent" } else { b"somebody else's child" })?;
        exit(7)?;
    }
    close(ends[1])?;
    let mut bytes = [0; 64];
    let got = read(ends[0], &mut bytes)?;
    say!("through the pipe: {}, then {}", text(&bytes[..got]), read(ends[0], &mut [0])?);
    let mut status = 0;
    let waited = waitpid(child, &mut status, WaitFlags::empty())?;
    say!("waited for the child {}, exit {} {}", waited == child, wifexited(status), wexitstatus(status));
    say!("nobody left: {}", waitpid(0, &mut status, WaitFlags::empty()).unwrap_err());
    Ok(())
}

static DONE: AtomicI32 = AtomicI32::new(0);
static SUM: AtomicI32 = AtomicI32::new(0);

#[no_mangle]
extern "C" fn raw_thread() -> ! {
    for i in 1..=100 {
        SUM.fetch_add(i, Ordering::SeqCst);
    }
    DONE.store(1, Ordering::SeqCst);
    unsafe { futex(DONE.as_mut_ptr_of(), FUTEX_WAKE, i32::MAX, 0, core::ptr::null_mut()).unwrap() };
    loop {
        let _ = exit(0);
    }
}
trait Pointer {
    fn as_mut_ptr_of(&self) -> *mut i32;
}
impl Pointer for AtomicI32 {
    fn as_mut_ptr_of(&self) -> *mut i32 {
        self as *const AtomicI32 as *mut i32
    }
}

fn threads() -> Result<()> {
    let stack = Map { offset: 0, size: 0x20000, flags: MapFlags::MAP_PRIVATE | MapFlags::PROT_READ | MapFlags::PROT_WRITE, address: 0 };
    let top = unsafe { fmap(!0, &stack)? } + stack.size - 16;
    let flags = CloneFlags::CLONE_VM | CloneFlags::CLONE_FS | CloneFlags::CLONE_FILES | CloneFlags::CLONE_SIGHAND | CloneFlags::CLONE_STACK;
    let mut made = SYS_CLONE;
    unsafe {
        asm!("syscall", "test rax, rax", "jnz 2f", "call raw_thread", "2:",
            inout("rax") made, in("rdi") flags.bits(), in("rsi") top, out("rcx") _, out("r11") _);
    }
    Error::demux(made)?;
    while DONE.load(Ordering::SeqCst) == 0 {
        match unsafe { futex(DONE.as_mut_ptr_of(), FUTEX_WAIT, 0, 0, core::ptr::null_mut()) } {
            Err(error) if error.errno != EAGAIN => return Err(error),
            _ => {}
        }
    }
    say!("the thread added {}", SUM.load(Ordering::SeqCst));
    Ok(())
}

fn time() -> Result<()> {
    let mut times = [TimeSpec::default(); 2];
    clock_gettime(CLOCK_MONOTONIC, &mut times[0])?;
    nanosleep(&TimeSpec { tv_sec: 0, tv_nsec: 3_000_000 }, &mut TimeSpec::default())?;
    sched_yield()?;
    clock_gettime(CLOCK_MONOTONIC, &mut times[1])?;
    let nanoseconds = |time: &TimeSpec| time.tv_sec * 1_000_000_000 + i64::from(time.tv_nsec);
    say!("slept long enough: {}", nanoseconds(&times[1]) - nanoseconds(&times[0]) >= 3_000_000);
    Ok(())
}

#[no_mangle]
extern "C" fn raw_main() -> ! {
    for (name, part) in [("files", files as fn() -> Result<()>), ("memory", memory), ("processes", processes), ("threads", threads), ("time", time)] {
        match part() {
            Ok(()) => say!("{name}: done"),
            Err(error) => say!("{name}: {error}"),
        }
    }
    loop {
        let _ = exit(3);
    }
}

#[panic_handler]
fn panic(info: &core::panic::PanicInfo) -> ! {
    let _ = writeln!(Out, "{info}");
    loop {
        let _ = exit(101);
    }
}

/// What the compiler asks of a C library all the same.
mod bytes {
    use core::arch::asm;
    #[no_mangle]
    unsafe extern "C" fn memcpy(to: *mut u8, from: *const u8, count: usize) -> *mut u8 {
        asm!("rep movsb", inout("rdi") to => _, inout("rsi") from => _, inout("rcx") count => _);
        to
    }
    #[no_mangle]
    unsafe extern "C" fn memmove(to: *mut u8, from: *const u8, count: usize) -> *mut u8 {
        if (to as usize).wrapping_sub(from as usize) >= count {
            return memcpy(to, from, count);
        }
        asm!("std", "rep movsb", "cld", inout("rdi") to.add(count).sub(1) => _, inout("rsi") from.add(count).sub(1) => _, inout("rcx") count => _);
        to
    }
    #[no_mangle]
    unsafe extern "C" fn memset(to: *mut u8, value: i32, count: usize) -> *mut u8 {
        asm!("rep stosb", inout("rdi") to => _, in("al") value as u8, inout("rcx") count => _);
        to
    }
    #[no_mangle]
    unsafe extern "C" fn memcmp(a: *const u8, b: *const u8, count: usize) -> i32 {
        let mut i = 0;
        while i < count {
            let (x, y) = (*a.add(i), *b.add(i));
            if x != y {
                return i32::from(x) - i32::from(y);
            }
            i += 1;
        }
        0
    }
    #[no_mangle]
    unsafe extern "C" fn bcmp(a: *const u8, b: *const u8, count: usize) -> i32 {
        memcmp(a, b, count)
    }
}
