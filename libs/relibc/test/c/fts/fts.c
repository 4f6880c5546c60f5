#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#define FTW_PHYS_ 1
static int by_name(const FTSENT **a, const FTSENT **b) { return strcmp((*a)->fts_name, (*b)->fts_name); }
static const char *names[] = {"?", "D", "DC", "DEFAULT", "DNR", "DOT", "DP", "ERR", "F", "INIT", "NS", "NSOK", "SL", "SLNONE", "W"};
static void walk(const char *what, char **roots, int options) {
  printf("%s %x\n", what, options);
  FTS *f = fts_open(roots, options, by_name);
  if (!f) {
    printf("%s\n", strerror(errno));
    return;
  }
  FTSENT *e;
  while ((e = fts_read(f))) {
    printf("%s %s %s %d %d %d", names[e->fts_info], e->fts_path, e->fts_name, e->fts_level, e->fts_pathlen, e->fts_namelen);
    if (e->fts_info == FTS_F) printf(" %ld", (long)e->fts_statp->st_size);
    if (e->fts_info == FTS_NS) printf(" %s", strerror(e->fts_errno));
    if (e->fts_info == FTS_DC) printf(" %s", e->fts_cycle->fts_name);
    if (e->fts_level > 0) printf(" in %s", e->fts_parent->fts_name);
    puts("");
    if (!strcmp(e->fts_name, "skipped")) fts_set(f, e, FTS_SKIP);
    if (!strcmp(e->fts_name, "followed") && e->fts_info == FTS_SL) fts_set(f, e, FTS_FOLLOW);
    if (!strcmp(e->fts_name, "b") && e->fts_info == FTS_D)
      for (FTSENT *c = fts_children(f, 0); c; c = c->fts_link) printf("  child %s\n", c->fts_name);
  }
  printf("%d %d\n", errno, fts_close(f));
}
int main(void) {
  char folder[] = "/tmp/ftsXXXXXX";
  mkdtemp(folder);
  chdir(folder);
  mkdir("a", 0755);
  mkdir("a/b", 0755);
  mkdir("a/skipped", 0755);
  mkdir("a/empty", 0755);
  close(open("a/b/file", O_CREAT | O_WRONLY, 0644));
  close(open("a/skipped/unseen", O_CREAT | O_WRONLY, 0644));
  int fd = open("a/z", O_CREAT | O_WRONLY, 0644);
  write(fd, "12345", 5);
  close(fd);
  symlink("b", "a/followed");
  symlink("nowhere", "a/dangling");
  symlink("..", "a/b/up");
  char *one[] = {"a", NULL}, *two[] = {"a/z", "a/b", "none", NULL}, *slash[] = {"a/", NULL};
  errno = 0;
  walk("physical", one, FTS_PHYSICAL | FTS_NOCHDIR);
  walk("logical", one, FTS_LOGICAL | FTS_NOCHDIR);
  walk("dots", two, FTS_PHYSICAL | FTS_NOCHDIR | FTS_SEEDOT);
  walk("comfollow", one, FTS_PHYSICAL | FTS_COMFOLLOW | FTS_NOCHDIR | FTS_XDEV);
  walk("slash", slash, FTS_PHYSICAL | FTS_NOCHDIR);
  walk("bad", one, 0);
  return 0;
}
