// Answers of the two databases are those of each side's own files; what is compared is that they agree with each other.
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
int main(void) {
  int all = 0, root = 0, again = 0;
  struct group *g, one, *found;
  setgrent();
  while ((g = getgrent())) {
    all++;
    root += !strcmp(g->gr_name, "root") && g->gr_gid == 0 && g->gr_mem[0] == NULL;
  }
  endgrent();
  setgrent();
  char buffer[4096];
  while (getgrent_r(&one, buffer, sizeof buffer, &found) == 0) again++;
  printf("%d %d %d\n", all > 1, root, again == all);
  endgrent();
  setgrent();
  printf("%d\n", getgrent_r(&one, buffer, 2, &found) == ERANGE);
  int e = getgrent_r(&one, buffer, sizeof buffer, &found);
  printf("%d %s\n", e, one.gr_name);
  struct passwd p, *q;
  setpwent();
  e = getpwent_r(&p, buffer, sizeof buffer, &q);
  printf("%d %s %u\n", e, p.pw_name, p.pw_uid);
  endpwent();
  gid_t list[10] = {99};
  int n;
  n = 10;
  printf("%d", getgrouplist("nobody-there", 42, list, &n));
  printf(" %d %u\n", n, list[0]);
  n = 0;
  printf("%d", getgrouplist("root", 7, list, &n));
  printf(" %d\n", n);
  return 0;
}
