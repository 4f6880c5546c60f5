/* Who sent what comes by a unix socket (SO_PASSCRED, SCM_CREDENTIALS). */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static pid_t parent;
static const char *who(pid_t pid) { return pid == 0 ? "nobody" : pid == parent ? "parent" : pid == getpid() ? "self" : "child"; }

static void take(int s, int size, size_t room, int flags) {
  char text[32] = {0}, control[128] = {0};
  struct iovec v = {text, size};
  struct msghdr m = {.msg_iov = &v, .msg_iovlen = 1, .msg_control = room ? control : 0, .msg_controllen = room};
  long got = recvmsg(s, &m, flags | MSG_DONTWAIT);
  printf("%ld '%s' control %zu flags %x", got, text, got < 0 ? 0 : (size_t)m.msg_controllen, got < 0 ? 0 : m.msg_flags);
  if (got < 0) printf(" %s", strerror(errno));
  for (struct cmsghdr *c = got < 0 ? 0 : CMSG_FIRSTHDR(&m); c; c = CMSG_NXTHDR(&m, c)) {
    printf(" type %d length %zu", c->cmsg_type, (size_t)c->cmsg_len);
    if (c->cmsg_type != SCM_CREDENTIALS || c->cmsg_len < CMSG_LEN(sizeof(struct ucred))) continue;
    struct ucred *u = (struct ucred *)CMSG_DATA(c);
    printf(" %s %d %d", who(u->pid), (int)u->uid, (int)u->gid);
  }
  puts("");
}
static void pass(int s, const char *text, pid_t pid, int fd) {
  char control[CMSG_SPACE(sizeof(struct ucred)) + CMSG_SPACE(sizeof(int))] = {0};
  struct iovec v = {(void *)text, strlen(text)};
  struct msghdr m = {.msg_iov = &v, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
  struct cmsghdr *c = CMSG_FIRSTHDR(&m);
  c->cmsg_level = SOL_SOCKET;
  c->cmsg_type = SCM_CREDENTIALS;
  c->cmsg_len = CMSG_LEN(sizeof(struct ucred));
  *(struct ucred *)CMSG_DATA(c) = (struct ucred){pid, getuid(), getgid()};
  if (fd < 0) m.msg_controllen = CMSG_SPACE(sizeof(struct ucred));
  else {
    c = CMSG_NXTHDR(&m, c);
    c->cmsg_level = SOL_SOCKET;
    c->cmsg_type = SCM_RIGHTS;
    c->cmsg_len = CMSG_LEN(sizeof(int));
    *(int *)CMSG_DATA(c) = fd;
  }
  long sent = sendmsg(s, &m, 0);
  printf("pass %ld %s\n", sent, sent < 0 ? strerror(errno) : "");
}
static int passes(int s, int on) { return setsockopt(s, SOL_SOCKET, SO_PASSCRED, &on, sizeof on); }
static void in_child(int s, const char *text) {
  fflush(stdout);
  if (fork() == 0) {
    write(s, text, strlen(text));
    _exit(0);
  }
  wait(0);
}

int main(void) {
  int s[2], on = 9;
  socklen_t size = sizeof on;
  parent = getpid();
  int types[] = {SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET};
  for (int i = 0; i < 3; i++) {
    printf("type %d\n", types[i]);
    socketpair(AF_UNIX, types[i], 0, s);
    printf("%d ", getsockopt(s[1], SOL_SOCKET, SO_PASSCRED, &on, &size));
    printf("%d\n", on);
    write(s[0], "before", 6);
    printf("%d\n", passes(s[1], 1));
    take(s[1], 32, 128, 0);
    write(s[0], "one", 3);
    take(s[1], 32, 128, MSG_PEEK);
    take(s[1], 32, 128, 0);
    write(s[0], "cut", 3);
    take(s[1], 32, CMSG_LEN(4), 0);
    write(s[0], "none", 4);
    take(s[1], 32, 0, 0);
    write(s[0], "parent", 6);
    write(s[0], "again", 5);
    in_child(s[0], "child");
    write(s[0], "after", 5);
    for (int j = 0; j < 4; j++) take(s[1], 32, 128, 0);
    pass(s[0], "said", getpid(), -1);
    take(s[1], 32, 128, 0);
    pass(s[0], "both", getpid(), 0);
    take(s[1], 32, 128, 0);
    pass(s[0], "wrong", 0x7ffffff0, -1);
    passes(s[1], 0);
    pass(s[0], "unasked", getpid(), -1);
    take(s[1], 32, 128, 0);
    close(s[0]);
    passes(s[1], 1);
    take(s[1], 32, 128, 0);
    close(s[1]);
  }
  return 0;
}
