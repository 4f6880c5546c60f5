// Reading and writing by requests: what came of them, and how the program is told.
#include <aio.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static volatile int told, value;
static void handler(int signal, siginfo_t *info, void *context) {
  told++;
  value = info->si_value.sival_int;
}
static volatile int called;
static void callee(union sigval v) { called = v.sival_int; }

static int wait_for(struct aiocb64 *block) {
  const struct aiocb64 *list[] = {block};
  while (aio_error64(block) == EINPROGRESS) aio_suspend64(list, 1, NULL);
  return aio_error64(block);
}

int main(void) {
  int fd = open("file", O_RDWR | O_CREAT | O_TRUNC, 0666);
  char text[] = "hello, world", in[32] = "";
  struct aiocb64 out = {.aio_fildes = fd, .aio_buf = text, .aio_nbytes = 12, .aio_offset = 3, .aio_sigevent.sigev_notify = SIGEV_NONE};
  printf("%d", aio_write64(&out));
  printf(" %d", wait_for(&out));
  printf(" %zd\n", aio_return64(&out));
  struct aiocb64 get = {.aio_fildes = fd, .aio_buf = in, .aio_nbytes = 31, .aio_offset = 0, .aio_sigevent.sigev_notify = SIGEV_NONE};
  printf("%d", aio_read64(&get));
  printf(" %d", wait_for(&get));
  printf(" %zd %d %s\n", aio_return64(&get), in[0], in + 3);
  printf("%lld\n", (long long)lseek(fd, 0, SEEK_CUR));

  struct sigaction action = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO};
  sigaction(SIGUSR1, &action, NULL);
  get.aio_sigevent = (struct sigevent){.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1, .sigev_value.sival_int = 42};
  aio_read64(&get);
  wait_for(&get);
  while (!told) usleep(1000);
  printf("%d %d\n", told, value);
  get.aio_sigevent = (struct sigevent){.sigev_notify = SIGEV_THREAD, .sigev_notify_function = callee, .sigev_value.sival_int = 7};
  aio_read64(&get);
  wait_for(&get);
  while (!called) usleep(1000);
  printf("%d\n", called);

  struct aiocb64 bad = {.aio_fildes = 99, .aio_buf = in, .aio_nbytes = 1, .aio_sigevent.sigev_notify = SIGEV_NONE};
  int e = aio_read64(&bad);
  if (e == 0) e = wait_for(&bad);
  printf("%d %zd\n", e, aio_return64(&bad));

  char a[4] = "", b[4] = "";
  struct aiocb64 first = {.aio_fildes = fd, .aio_buf = a, .aio_nbytes = 3, .aio_offset = 3, .aio_lio_opcode = LIO_READ, .aio_sigevent.sigev_notify = SIGEV_NONE};
  struct aiocb64 second = {.aio_fildes = fd, .aio_buf = b, .aio_nbytes = 3, .aio_offset = 8, .aio_lio_opcode = LIO_READ, .aio_sigevent.sigev_notify = SIGEV_NONE};
  struct aiocb64 third = {.aio_fildes = fd, .aio_buf = "!", .aio_nbytes = 1, .aio_offset = 0, .aio_lio_opcode = LIO_WRITE, .aio_sigevent.sigev_notify = SIGEV_NONE};
  struct aiocb64 idle = {.aio_lio_opcode = LIO_NOP};
  struct aiocb64 *list[] = {&first, NULL, &idle, &second, &third};
  printf("%d", lio_listio64(LIO_WAIT, list, 5, NULL));
  printf(" %s %s %zd\n", a, b, aio_return64(&third));
  struct sigevent done = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1, .sigev_value.sival_int = 9};
  told = 0;
  printf("%d", lio_listio64(LIO_NOWAIT, list, 5, &done));
  while (!told) usleep(1000);
  printf(" %d\n", value);
  errno = 0;
  printf("%d", lio_listio64(77, list, 1, NULL));
  printf(" %d\n", errno);
  bad.aio_lio_opcode = LIO_READ;
  struct aiocb64 *failing[] = {&bad};
  errno = 0;
  printf("%d", lio_listio64(LIO_WAIT, failing, 1, NULL));
  printf(" %d\n", errno);

  printf("%d", aio_fsync64(O_SYNC, &out));
  printf(" %d\n", wait_for(&out));
  errno = 0;
  printf("%d", aio_fsync64(77, &out));
  printf(" %d\n", errno);
  printf("%d\n", aio_cancel64(fd, &out));
  errno = 0;
  printf("%d", aio_cancel64(99, NULL));
  printf(" %d\n", errno);
  pread(fd, in, 1, 0);
  printf("%c\n", in[0]);
  return 0;
}
