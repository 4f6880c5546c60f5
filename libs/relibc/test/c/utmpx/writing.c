// Entries written in their places, read into the program's own structs, and appended to a log.
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <utmp.h>
#include <utmpx.h>

static struct utmpx of(int type, int pid, const char *line, const char *id, const char *user) {
  struct utmpx e;
  memset(&e, 0, sizeof e);
  e.ut_type = type;
  e.ut_pid = pid;
  strncpy(e.ut_line, line, sizeof e.ut_line);
  strncpy(e.ut_id, id, sizeof e.ut_id);
  strncpy(e.ut_user, user, sizeof e.ut_user);
  return e;
}

static void all(void) {
  struct utmp own, *found;
  setutent();
  while (getutent_r(&own, &found) == 0) printf("%d %d %.32s %.4s %.32s\n", own.ut_type, own.ut_pid, own.ut_line, own.ut_id, own.ut_user);
  printf("%p\n", found);
}

int main(void) {
  char name[] = "/tmp/utmpXXXXXX";
  close(mkstemp(name));
  utmpxname(name);
  setutxent();
  struct utmpx list[] = {of(BOOT_TIME, 0, "~", "~~", "reboot"), of(LOGIN_PROCESS, 1, "tty1", "1", "LOGIN"), of(USER_PROCESS, 2, "tty2", "2", "two"),
                         of(USER_PROCESS, 3, "tty1", "1", "one"), of(BOOT_TIME, 9, "~", "~~", "again"), of(DEAD_PROCESS, 2, "tty2", "", ""),
                         of(USER_PROCESS, 4, "tty3", "", "three"), of(USER_PROCESS, 5, "tty3", "", "five"), of(EMPTY, 6, "x", "x", "x")};
  for (int i = 0; i < 9; i++) {
    setutxent();
    struct utmpx *put = pututxline(&list[i]);
    printf("%d %.32s\n", put != NULL, put ? put->ut_user : "");
    all();
  }
  setutxent();
  getutxent();
  getutxent();
  struct utmpx next = of(USER_PROCESS, 77, "tty1", "1", "changed");
  printf("%d\n", pututxline(&next) != NULL);
  struct utmpx *after = getutxent();
  printf("%s\n", after ? after->ut_line : "none");
  all();

  struct utmp own, *found, like;
  memset(&like, 0, sizeof like);
  strcpy(like.ut_line, "tty3");
  setutent();
  printf("%d", getutline_r(&like, &own, &found));
  printf(" %s\n", found ? found->ut_user : "none");
  like.ut_type = USER_PROCESS;
  strcpy(like.ut_id, "1");
  setutent();
  printf("%d", getutid_r(&like, &own, &found));
  printf(" %s\n", found ? found->ut_user : "none");
  struct utmpx copy;
  getutmpx(&own, &copy);
  printf("%s %d\n", copy.ut_user, copy.ut_pid);
  getutmp(&copy, &like);
  printf("%s\n", like.ut_user);

  char log[] = "/tmp/wtmpXXXXXX";
  close(mkstemp(log));
  updwtmpx(log, &list[0]);
  updwtmp(log, &own);
  updwtmp("/tmp/no-such-log-here", &own);
  struct stat s;
  stat(log, &s);
  printf("%d %d\n", s.st_size == 2 * sizeof own, access("/tmp/no-such-log-here", F_OK));
  utmpname(log);
  all();
  unlink(log);
  unlink(name);
  utmpname("/nonexistent/utmp");
  setutent();
  printf("%d\n", pututline(&own) == NULL);
  return 0;
}
