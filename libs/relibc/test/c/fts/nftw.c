#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
static char *lines[200];
static int count, stop;
static int compare(const void *a, const void *b) { return strcmp(*(char **)a, *(char **)b); }
static int seen(const char *path, const struct stat *s, int kind, struct FTW *f) {
  char line[200];
  snprintf(line, sizeof line, "%s %d %d %d %o", path, kind, f->base, f->level, kind == FTW_NS ? 0 : s->st_mode);
  lines[count++] = strdup(line);
  if (stop && !strcmp(path + f->base, "b")) return stop;
  return 0;
}
/* The folder in which the file was told of, below the one where the walk began. */
static int placed(const char *path, const struct stat *s, int kind, struct FTW *f) {
  char line[400], now[200];
  struct stat here;
  getcwd(now, sizeof now);
  snprintf(line, sizeof line, "%s %d in %s: %d", path, kind, now + strlen("/tmp/ftwXXXXXX"), lstat(path + f->base, &here));
  lines[count++] = strdup(line);
  return 0;
}
static int plain(const char *path, const struct stat *s, int kind) {
  char line[200];
  snprintf(line, sizeof line, "%s %d", path, kind);
  lines[count++] = strdup(line);
  return 0;
}
static void show(const char *what, int got) {
  qsort(lines, count, sizeof *lines, compare);
  printf("%s %d\n", what, got);
  for (int i = 0; i < count; i++) puts(lines[i]);
  count = 0;
}
int main(void) {
  char folder[] = "/tmp/ftwXXXXXX";
  mkdtemp(folder);
  chdir(folder);
  mkdir("a", 0755);
  mkdir("a/b", 0755);
  mkdir("a/b/c", 0700);
  close(open("a/b/c/f", O_CREAT | O_WRONLY, 0644));
  close(open("a/g", O_CREAT | O_WRONLY, 0600));
  symlink("g", "a/link");
  symlink("none", "a/dangling");
  symlink("b", "a/dir");
  umask(022);
  show("physical", nftw("a", seen, 10, FTW_PHYS));
  show("depth", nftw("a/", seen, 10, FTW_PHYS | FTW_DEPTH));
  show("mount", nftw("a", seen, 10, FTW_PHYS | FTW_MOUNT));
  show("ftw", ftw("a/b", plain, 10));
  show("file", nftw("a/g", seen, 10, 0));
  show("none", nftw("nothing", seen, 10, 0));
  printf("%s\n", strerror(errno));
  stop = FTW_SKIP_SUBTREE;
  show("skip", nftw("a", seen, 10, FTW_PHYS | FTW_ACTIONRETVAL));
  printf("%d\n", rpmatch("yes") + 10 * rpmatch("No") + 100 * rpmatch("maybe"));
  stop = 0;
  show("dangling", nftw("a/dangling", seen, 10, 0));
  for (int i = 0; i < 4; i++) {
    show("moving", nftw((const char *[]){"a", "a/b/", "a/g", "/tmp"}[i == 3 ? 0 : i], placed, 10, FTW_PHYS | FTW_CHDIR | (i == 3 ? FTW_DEPTH : 0)));
    char now[200];
    printf("%s\n", getcwd(now, sizeof now) + strlen(folder));
  }
  return 0;
}
