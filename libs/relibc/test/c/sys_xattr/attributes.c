/* Extended attributes, by path, of links and by descriptor. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>
static void tell(const char *what, long result) { printf("%s %ld %s\n", what, result, result < 0 ? strerror(errno) : ""); }

int main(void) {
  int fd=open("xf", O_RDWR|O_CREAT|O_TRUNC, 0600);
  symlink("xf", "xl");
  mkdir("xd", 0700);
  char b[256];
  tell("set", setxattr("xf", "user.one", "value", 5, 0));
  tell("get", getxattr("xf", "user.one", b, 256));
  printf("%.5s\n", b);
  tell("size", getxattr("xf", "user.one", b, 0));
  tell("range", getxattr("xf", "user.one", b, 4));
  tell("nodata", getxattr("xf", "user.two", b, 256));
  tell("create", setxattr("xf", "user.one", "v", 1, XATTR_CREATE));
  tell("replace", setxattr("xf", "user.two", "v", 1, XATTR_REPLACE));
  tell("both", setxattr("xf", "user.two", "v", 1, 3));
  tell("flags", setxattr("xf", "user.two", "v", 1, 4));
  tell("empty", fsetxattr(fd, "user.e", "", 0, 0));
  tell("get empty", fgetxattr(fd, "user.e", b, 10));
  tell("list", listxattr("xf", 0, 0));
  long n=listxattr("xf", b, 256);
  tell("list", n);
  for(char*p=b;p<b+n;p+=strlen(p)+1) puts(p);
  tell("list range", flistxattr(fd, b, 5));
  tell("remove", removexattr("xf", "user.e"));
  tell("remove", fremovexattr(fd, "user.e"));
  char name[400];
  memset(name, 'n', 400);
  memcpy(name, "user.", 5);
  name[255]=0;
  tell("255", setxattr("xf", name, "v", 1, 0));
  name[255]='n';
  name[256]=0;
  tell("256", setxattr("xf", name, "v", 1, 0));
  tell("g256", getxattr("xf", name, b, 9));
  char*big=calloc(1, 70000);
  tell("65537", setxattr("xf", "user.big", big, 65537, 0));
  tell("65536", setxattr("xf", "user.big", big, 65536, 0));
  tell("3000", setxattr("xf", "user.big", big, 3000, 0));
  tell("user.", setxattr("xf", "user.", b, 1, 0));
  tell("nodot", setxattr("xf", "user", b, 1, 0));
  tell("none", setxattr("xf", "foo.bar", b, 1, 0));
  tell("g none", getxattr("xf", "foo.bar", b, 1));
  tell("g empty", getxattr("xf", "", b, 1));
  tell("s empty", setxattr("xf", "", b, 1, 0));
  tell("lset", lsetxattr("xl", "user.a", "b", 1, 0));
  tell("lget", lgetxattr("xl", "user.one", b, 9));
  tell("set by link", setxattr("xl", "user.l", "b", 1, 0));
  tell("get", getxattr("xf", "user.l", b, 9));
  tell("llist", llistxattr("xl", b, 99));
  tell("lrm", lremovexattr("xl", "user.a"));
  tell("dir", setxattr("xd", "user.d", "dd", 2, 0));
  tell("dir", getxattr("xd", "user.d", b, 9));
  tell("dev", setxattr("/dev/null", "user.d", "dd", 2, 0));
  tell("dev", getxattr("/dev/null", "user.d", b, 9));
  mkfifo("xp", 0600);
  tell("fifo", setxattr("xp", "user.d", "dd", 2, 0));
  tell("fifo", getxattr("xp", "user.d", b, 9));
  tell("fifo l", listxattr("xp", b, 9));
  tell("noent", setxattr("none", "user.d", "dd", 2, 0));
  tell("badf", fsetxattr(99, "user.d", "dd", 2, 0));
  tell("fault", setxattr("xf", 0, "dd", 2, 0));
  tell("fault", setxattr("xf", "user.z", (void*)1, 2, 0));
  tell("trusted", setxattr("xf", "trusted.x", "dd", 2, 0));
  tell("trusted", getxattr("xf", "trusted.x", b, 9));
  tell("trusted l", listxattr("xf", b, 256));
  tell("security", setxattr("xf", "security.x", "dd", 2, 0));
  tell("security", getxattr("xf", "security.x", b, 9));
  tell("system", setxattr("xf", "system.x", "dd", 2, 0));
  tell("system", getxattr("xf", "system.x", b, 9));
  int ro=open("xf", O_RDONLY);
  tell("ro", fsetxattr(ro, "user.ro", "1", 1, 0));
  link("xf", "xh");
  tell("hard", getxattr("xh", "user.one", b, 9));
  rename("xf", "xg");
  tell("moved", getxattr("xg", "user.one", b, 9));
  int p[2];
  pipe(p);
  tell("pipe", fsetxattr(p[0], "user.x", "1", 1, 0));
  tell("pipe", fgetxattr(p[0], "user.x", b, 1));
  tell("pipe", flistxattr(p[0], b, 1));
  tell("rm", removexattr("xg", "user.zz"));
  tell("rm none ns", removexattr("xg", "zz"));
  unlink("xg");
  unlink("xh");
  unlink("xl");
  unlink("xp");
  rmdir("xd");
  return 0;
}
