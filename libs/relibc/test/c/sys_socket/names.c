// Names of unix sockets are files of their folder; abstract ones are not.
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static struct sockaddr_un at(const char *path) {
  struct sockaddr_un a = {AF_UNIX};
  strcpy(a.sun_path, path);
  return a;
}
static void result(const char *what, long got) { printf("%s %ld %s\n", what, got < 0 ? got : 0, got < 0 ? strerror(errno) : ""); }
static int fresh(int type) { return socket(AF_UNIX, type, 0); }
static int named(int s, const char *path) {
  struct sockaddr_un a = at(path);
  return bind(s, (struct sockaddr *)&a, sizeof a);
}
static int to(int s, const char *path) {
  struct sockaddr_un a = at(path);
  return connect(s, (struct sockaddr *)&a, sizeof a);
}

int main(void) {
  struct stat st;
  char path[108], folder[80], text[16];
  umask(022);
  int s = fresh(SOCK_STREAM);
  result("bind", named(s, "sock"));
  result("stat", stat("sock", &st));
  printf("%o\n", st.st_mode);
  DIR *d = opendir(".");
  for (struct dirent *e; (e = readdir(d));)
    if (strcmp(e->d_name, "sock") == 0) printf("listed %d\n", e->d_type);
  closedir(d);
  result("open", open("sock", O_RDWR));
  result("twice", named(s, "other"));
  result("taken", named(fresh(SOCK_STREAM), "sock"));
  result("nobody listens", to(fresh(SOCK_STREAM), "sock"));
  listen(s, 5);
  result("connect", to(fresh(SOCK_STREAM), "sock"));
  result("another type", to(fresh(SOCK_DGRAM), "sock"));
  getcwd(folder, sizeof folder);
  snprintf(path, sizeof path, "%s/./sock", folder);
  result("absolute", to(fresh(SOCK_STREAM), path));
  mkdir("sub", 0755);
  chdir("sub");
  result("same name elsewhere", to(fresh(SOCK_STREAM), "sock"));
  result("from below", to(fresh(SOCK_STREAM), "../sock"));
  result("bound elsewhere", named(fresh(SOCK_STREAM), "sock"));
  chdir("..");
  symlink("sock", "link");
  result("by a link", to(fresh(SOCK_STREAM), "link"));
  result("a link is taken", named(fresh(SOCK_STREAM), "link"));
  result("a folder", to(fresh(SOCK_STREAM), "sub"));
  result("no folder", named(fresh(SOCK_STREAM), "none/sock"));
  result("not a folder", to(fresh(SOCK_STREAM), "sock/x"));
  close(open("file", O_CREAT | O_WRONLY, 0644));
  result("a file", to(fresh(SOCK_STREAM), "file"));
  result("rename", rename("sock", "moved"));
  result("old name", to(fresh(SOCK_STREAM), "sock"));
  result("new name", to(fresh(SOCK_STREAM), "moved"));
  close(s);
  result("left behind", to(fresh(SOCK_STREAM), "moved"));
  result("still there", named(fresh(SOCK_STREAM), "moved"));
  result("unlink", unlink("moved"));
  result("unlinked", to(fresh(SOCK_STREAM), "moved"));
  result("anew", named(fresh(SOCK_STREAM), "moved"));
  result("mknod", mknod("node", S_IFSOCK | 0600, 0));
  result("of mknod", to(fresh(SOCK_STREAM), "node"));

  int r = fresh(SOCK_DGRAM), w = fresh(SOCK_DGRAM);
  struct sockaddr_un a = at("letters"), from;
  socklen_t size = sizeof from;
  result("sendto nobody", sendto(w, "x", 1, 0, (struct sockaddr *)&a, sizeof a));
  named(r, "letters");
  result("sendto", sendto(w, "from nowhere", 12, 0, (struct sockaddr *)&a, sizeof a));
  printf("%zd", recvfrom(r, text, 16, 0, (struct sockaddr *)&from, &size));
  printf(" %u\n", size);
  named(w, "writer");
  sendto(w, "named", 5, 0, (struct sockaddr *)&a, sizeof a);
  size = sizeof from;
  printf("%zd", recvfrom(r, text, 16, 0, (struct sockaddr *)&from, &size));
  printf(" %u %s\n", size, from.sun_path);

  struct sockaddr_un abstract = {AF_UNIX, "\0hidden"};
  size = offsetof(struct sockaddr_un, sun_path) + 7;
  int h = fresh(SOCK_SEQPACKET), c = fresh(SOCK_SEQPACKET);
  result("abstract", bind(h, (struct sockaddr *)&abstract, size));
  result("listen", listen(h, 0));
  result("connect", connect(c, (struct sockaddr *)&abstract, size));
  int k = accept(h, NULL, NULL);
  send(c, "one", 3, 0);
  send(c, "record", 6, 0);
  printf("%zd", recv(k, text, 16, 0));
  printf(" %zd\n", recv(k, text, 16, 0));
  close(h);
  result("gone", connect(fresh(SOCK_SEQPACKET), (struct sockaddr *)&abstract, size));
  sa_family_t family = AF_UNIX;
  int u = fresh(SOCK_DGRAM);
  result("of its own", bind(u, (struct sockaddr *)&family, sizeof family));
  size = sizeof from;
  getsockname(u, (struct sockaddr *)&from, &size);
  printf("%u %d\n", size, from.sun_path[0]);
  result("listen without a name", listen(fresh(SOCK_STREAM), 1));
  return 0;
}
