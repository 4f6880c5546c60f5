// Signals with values, System V's ways of masking, timers that notify by threads.
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>
static int seen;
static void count(int s) { seen++; }
static void told(int s, siginfo_t *i, void *u) { printf("signal %d code %d value %d from us %d\n", s - (s >= SIGRTMIN ? SIGRTMIN : 0), i->si_code, i->si_value.sival_int, i->si_pid == getpid()); }
static void report(const char *what, long result) {
  printf("%s %ld %s\n", what, result, result < 0 ? strerror(errno) : "");
  errno = 0;
}
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t rung = PTHREAD_COND_INITIALIZER;
static int rings, value, other;
static pthread_t self;
static void ring(union sigval v) {
  pthread_mutex_lock(&lock);
  rings++;
  value = v.sival_int;
  other = !pthread_equal(self, pthread_self());
  pthread_cond_signal(&rung);
  pthread_mutex_unlock(&lock);
}
int main(void) {
  struct sigaction a = {.sa_sigaction = told, .sa_flags = SA_SIGINFO};
  union sigval v;
  int signals[] = {SIGRTMIN + 1, SIGRTMIN, SIGUSR2};
  sigset_t set, old;
  sigemptyset(&set);
  for (int i = 0; i < 3; i++) sigaction(signals[i], &a, 0), sigaddset(&set, signals[i]);
  sigprocmask(SIG_BLOCK, &set, &old);
  for (int i = 0; i < 3; i++)
    for (int k = 0; k < 3; k++) v.sival_int = i * 10 + k, report("queue", sigqueue(getpid(), signals[i], v));
  siginfo_t info;
  report("wait", sigwaitinfo(&set, &info) - SIGUSR2);
  printf("%d %d\n", info.si_code, info.si_value.sival_int);
  v.sival_int = 77;
  report("thread", pthread_sigqueue(pthread_self(), SIGUSR2, v));
  sigprocmask(SIG_SETMASK, &old, 0);
  report("no process", sigqueue(999999, SIGUSR1, v));
  report("no signal", sigqueue(getpid(), 99, v));
  report("probe", sigqueue(getpid(), 0, v));
  // System V
  report("set", sigset(SIGUSR1, count) == SIG_DFL);
  report("hold", sighold(SIGUSR1));
  raise(SIGUSR1);
  report("held", seen);
  report("release", sigrelse(SIGUSR1));
  report("seen", seen);
  report("hold by set", sigset(SIGUSR1, SIG_HOLD) == count);
  report("was held", sigset(SIGUSR1, SIG_IGN) == SIG_HOLD);
  report("ignored", raise(SIGUSR1));
  report("ignore", sigignore(SIGUSR2));
  report("ignored", raise(SIGUSR2));
  report("bad hold", sighold(99));
  report("bad set", (long)sigset(SIGKILL, count));
  // What is not a program's
  a.sa_handler = count;
  a.sa_flags = 0;
  report("32", sigaction(32, &a, 0));
  report("33", sigaction(33, 0, &a));
  report("signal 32", (long)signal(32, count));
  report("add 33", sigaddset(&set, 33));
  sigfillset(&set);
  printf("%d %d %d\n", sigismember(&set, 32), sigismember(&set, 33), sigismember(&set, 34));
  printf("%s, ", strsignal(9));
  printf("%s, ", strsignal(SIGRTMIN + 3));
  printf("%s, ", strsignal(99));
  printf("%s, ", strsignal(0));
  printf("%d\n", strsignal(99) == strsignal(0));
  // What is left of a sleep, and of an alarm
  signal(SIGALRM, count);
  struct itimerval soon = {{0, 0}, {0, 5000}};
  setitimer(ITIMER_REAL, &soon, 0);
  report("sleep", sleep(5));
  soon.it_value.tv_usec = 400000;
  setitimer(ITIMER_REAL, &soon, 0);
  report("alarm", alarm(100));
  report("alarm", alarm(0));
  fflush(stdout);
  // Timers that notify by threads
  self = pthread_self();
  timer_t timer;
  struct sigevent event = {.sigev_notify = SIGEV_THREAD, .sigev_notify_function = ring, .sigev_value.sival_int = 88};
  report("create", timer_create(CLOCK_REALTIME, &event, &timer));
  struct itimerspec often = {{0, 2000000}, {0, 3000000}};
  report("set", timer_settime(timer, 0, &often, 0));
  pthread_mutex_lock(&lock);
  while (rings < 3) pthread_cond_wait(&rung, &lock);
  pthread_mutex_unlock(&lock);
  report("delete", timer_delete(timer));
  printf("%d %d\n", value, other);
  event = (struct sigevent){.sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGUSR1, ._sigev_un._tid = syscall(SYS_gettid)};
  signal(SIGUSR1, count);
  seen = 0;
  often.it_interval.tv_nsec = 0;
  report("create", timer_create(CLOCK_MONOTONIC, &event, &timer));
  report("set", timer_settime(timer, 0, &often, 0));
  while (seen == 0) usleep(1000);
  event._sigev_un._tid = 999999;
  report("no thread", timer_create(CLOCK_MONOTONIC, &event, &timer));
  event.sigev_notify = 99;
  report("no way", timer_create(CLOCK_MONOTONIC, &event, &timer));
  return 0;
}
