#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <utmp.h>
#include <utmpx.h>
int main(void) {
  char name[] = "/tmp/utmpXXXXXX";
  int fd = mkstemp(name);
  struct utmpx e, *g;
  printf("%zu\n", sizeof e);
  for (int i = 0; i < 4; i++) {
    memset(&e, 0, sizeof e);
    e.ut_type = i == 0 ? BOOT_TIME : USER_PROCESS;
    e.ut_pid = 100 + i;
    snprintf(e.ut_line, sizeof e.ut_line, "tty%d", i);
    snprintf(e.ut_id, sizeof e.ut_id, "t%d", i);
    snprintf(e.ut_user, sizeof e.ut_user, "user%d", i);
    write(fd, &e, sizeof e);
  }
  close(fd);
  printf("%d\n", utmpxname(name));
  setutxent();
  while ((g = getutxent())) printf("%d %d %s %s\n", g->ut_type, g->ut_pid, g->ut_line, g->ut_user);
  setutxent();
  memset(&e, 0, sizeof e);
  strcpy(e.ut_line, "tty2");
  g = getutxline(&e);
  printf("%s\n", g ? g->ut_user : "none");
  setutxent();
  e.ut_type = USER_PROCESS;
  strcpy(e.ut_id, "t3");
  g = getutxid(&e);
  printf("%s\n", g ? g->ut_user : "none");
  g = getutxid(&e);
  printf("%s\n", g ? g->ut_user : "none");
  setutxent();
  e.ut_type = BOOT_TIME;
  g = getutxid(&e);
  printf("%s\n", g ? g->ut_user : "none");
  endutxent();
  setutent();
  struct utmp *old = getutent();
  printf("%s\n", old ? old->ut_user : "none");
  endutent();
  unlink(name);
  utmpxname("/nonexistent/utmp");
  setutxent();
  printf("%d\n", getutxent() == NULL);
  return 0;
}
