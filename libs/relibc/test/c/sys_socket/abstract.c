/* Abstract names of unix sockets are bytes, of any value. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

static void tell(const char *what, long result) { printf("%s %ld %s\n", what, result, result < 0 ? strerror(errno) : ""); }
static void show(const struct sockaddr_un *a, socklen_t size) {
  printf("%d:", (int)size);
  for (socklen_t i = 2; i < size; i++) printf(" %02x", (unsigned char)a->sun_path[i - 2]);
  puts("");
}
static int bound(const char *name, int size) {
  int s = socket(AF_UNIX, SOCK_DGRAM, 0);
  struct sockaddr_un a = {AF_UNIX};
  memcpy(a.sun_path, name, size);
  tell("bind", bind(s, (struct sockaddr *)&a, 2 + size));
  socklen_t room = sizeof a;
  memset(&a, 0, sizeof a);
  tell("name", getsockname(s, (struct sockaddr *)&a, &room));
  show(&a, room);
  return s;
}
int main(void) {
  int one = bound("\0\xff\xfe" "bg", 5), two = bound("\0\xff\xfd" "bg", 5);
  struct sockaddr_un to = {AF_UNIX}, from;
  memcpy(to.sun_path, "\0\xff\xfd" "bg", 5);
  tell("send", sendto(one, "hi", 2, 0, (struct sockaddr *)&to, 7));
  char text[8];
  socklen_t room = sizeof from;
  tell("recv", recvfrom(two, text, sizeof text, MSG_DONTWAIT, (struct sockaddr *)&from, &room));
  show(&from, room);
  tell("recv", recvfrom(one, text, sizeof text, MSG_DONTWAIT, 0, 0));
  tell("connect", connect(two, (struct sockaddr *)&from, room));
  room = sizeof from;
  tell("peer", getpeername(two, (struct sockaddr *)&from, &room));
  show(&from, room);
  bound("\0bg\0y", 5);
  bound("\0bg\0y\0", 6);
  bound("\0bg\xc3\xa9", 5);
  return 0;
}
