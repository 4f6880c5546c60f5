/* Limits are kept, inherited by fork and exec, and hold. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static const struct { int id; const char *name; } all[] = {
  {RLIMIT_CPU, "cpu"}, {RLIMIT_FSIZE, "fsize"}, {RLIMIT_DATA, "data"}, {RLIMIT_STACK, "stack"}, {RLIMIT_CORE, "core"},
  {RLIMIT_RSS, "rss"}, {RLIMIT_NPROC, "nproc"}, {RLIMIT_NOFILE, "nofile"}, {RLIMIT_MEMLOCK, "memlock"}, {RLIMIT_AS, "as"},
  {RLIMIT_LOCKS, "locks"}, {RLIMIT_SIGPENDING, "sigpending"}, {RLIMIT_MSGQUEUE, "msgqueue"}, {RLIMIT_RTTIME, "rttime"},
};

static void tell(const char *what, long result) {
  printf("%s: %ld %s\n", what, result, result < 0 ? strerror(errno) : "");
  fflush(stdout);
}
static void set(int id, rlim_t soft, rlim_t hard) {
  struct rlimit l = {soft, hard};
  tell("set", setrlimit(id, &l));
}
static void show(int id) {
  struct rlimit l;
  if (getrlimit(id, &l) < 0) return tell("get", -1);
  printf("%d: %llu %llu\n", id, (unsigned long long)l.rlim_cur, (unsigned long long)l.rlim_max);
  fflush(stdout);
}
/* Does `body` in a child and tells how it ended. */
static void child(void (*body)(void)) {
  fflush(stdout);
  pid_t pid = fork();
  if (pid == 0) {
    body();
    fflush(stdout);
    _exit(0);
  }
  int status;
  waitpid(pid, &status, 0);
  if (WIFSIGNALED(status)) printf("signal %s\n", strsignal(WTERMSIG(status)));
  else printf("status %d\n", WEXITSTATUS(status));
}

static void every(void) {
  for (unsigned i = 0; i < sizeof all / sizeof *all; i++) {
    if (all[i].id == RLIMIT_AS || all[i].id == RLIMIT_DATA || all[i].id == RLIMIT_STACK) continue;
    printf("%s ", all[i].name);
    set(all[i].id, 5000 + i, 6000 + i);
    show(all[i].id);
  }
}
static void files(void) {
  struct rlimit l = {20, 30}, old;
  tell("prlimit", prlimit(0, RLIMIT_NOFILE, &l, &old));
  printf("%d %ld\n", getdtablesize(), sysconf(_SC_OPEN_MAX));
  int last = -1, fd;
  while ((fd = open("/dev/null", O_RDONLY)) >= 0) last = fd;
  tell("open", fd);
  printf("last %d\n", last);
  int two[2];
  tell("pipe", pipe(two));
  tell("dup", dup(0));
  tell("dupfd", fcntl(0, F_DUPFD, 20));
  tell("dup2 in", dup2(0, 19));
  tell("dup2 out", dup2(0, 20));
  set(RLIMIT_NOFILE, 25, 30);
  tell("dup", dup(0));
  set(RLIMIT_NOFILE, 31, 30);
  set(RLIMIT_NOFILE, 10, 1ull << 40);
  set(RLIMIT_NOFILE, 10, 30);
  tell("above", write(19, "", 0) < 0 ? errno : 0);
}
static void on_size(int signal) { write(1, "XFSZ\n", 5); }
static void size(void) {
  int fd = open("file", O_RDWR | O_CREAT | O_TRUNC, 0600);
  signal(SIGXFSZ, on_size);
  char block[600] = {1};
  tell("write", write(fd, block, 600));
  set(RLIMIT_FSIZE, 1000, RLIM_INFINITY);
  tell("write", write(fd, block, 600));
  tell("write", write(fd, block, 1));
  tell("pwrite", pwrite(fd, block, 10, 2000));
  tell("pwrite", pwrite(fd, block, 10, 995));
  tell("nothing", pwrite(fd, block, 0, 2000));
  tell("ftruncate", ftruncate(fd, 1001));
  tell("truncate", truncate("file", 1001));
  tell("ftruncate", ftruncate(fd, 1000));
  tell("fallocate", posix_fallocate(fd, 0, 3000) == EFBIG);
  signal(SIGXFSZ, SIG_IGN);
  tell("ignored", write(fd, block, 1));
  set(RLIMIT_FSIZE, RLIM_INFINITY, RLIM_INFINITY);
  tell("write", write(fd, block, 600));
  set(RLIMIT_FSIZE, 0, RLIM_INFINITY);
  signal(SIGXFSZ, SIG_DFL);
  write(fd, block, 1);
}
static void memory(void) {
  set(RLIMIT_AS, 512 << 20, 512 << 20);
  void *small = mmap(0, 1 << 20, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  printf("%d\n", small != MAP_FAILED);
  void *large = mmap(0, 600 << 20, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  tell("mmap", large == MAP_FAILED ? -1 : 0);
  tell("mremap", mremap(small, 1 << 20, 600 << 20, MREMAP_MAYMOVE) == MAP_FAILED ? -1 : 0);
  tell("malloc", malloc(600 << 20) ? 0 : -1);
}
static volatile int rung;
static void on_cpu(int signal) { rung++; }
static void cpu(void) {
  signal(SIGXCPU, on_cpu);
  set(RLIMIT_CPU, 1, RLIM_INFINITY);
  while (rung == 0);
  printf("rung\n");
}
static void core(void) { set(RLIMIT_CORE, 0, 0); show(RLIMIT_CORE); }

int main(int count, char **words) {
  if (count > 1) {
    show(RLIMIT_NOFILE);
    show(RLIMIT_FSIZE);
    show(RLIMIT_STACK);
    return 0;
  }
  struct rlimit l;
  show(RLIMIT_STACK);
  show(RLIMIT_AS);
  show(16);
  show(-1);
  tell("set", setrlimit(16, &l));
  child(every);
  child(files);
  child(size);
  child(memory);
  child(core);
  child(cpu);
  set(RLIMIT_NOFILE, 77, 88);
  set(RLIMIT_FSIZE, 1 << 20, 1 << 21);
  set(RLIMIT_STACK, 4 << 20, 8 << 20);
  fflush(stdout);
  pid_t pid = fork();
  if (pid == 0) {
    struct rlimit deep = {44, 55};
    prlimit(getppid(), RLIMIT_LOCKS, &deep, 0);
    execl("/proc/self/exe", "again", "x", NULL);
    _exit(9);
  }
  int status;
  waitpid(pid, &status, 0);
  printf("%d\n", status);
  show(RLIMIT_LOCKS);
  return 0;
}
