#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
static int names(const void *a, const void *b) { return strcmp(*(char **)a, *(char **)b); }
static int visible(const struct dirent *d) { return d->d_name[0] != '.'; }
int main(void) {
  mkdir("d", 0755);
  mkdir("d/sub", 0755);
  symlink("sub", "d/link");
  for (int i = 0; i < 20; i++) {
    char name[16];
    sprintf(name, "d/file%d", i);
    close(creat(name, 0600));
  }
  DIR *d = opendir("d");
  char *found[64];
  int n = 0, kinds = 0;
  struct dirent *e;
  while ((e = readdir(d))) found[n++] = strdup(e->d_name), kinds += e->d_type;
  qsort(found, n, sizeof *found, names);
  for (int i = 0; i < n; i++) printf("%s ", found[i]);
  printf("%d %d\n", n, kinds);
  rewinddir(d);
  int again = 0;
  while (readdir(d)) again++;
  printf("%d %d\n", again, dirfd(d) > 2);
  rewinddir(d);
  readdir(d);
  long at = telldir(d);
  char kept[256];
  strcpy(kept, readdir(d)->d_name);
  readdir(d);
  seekdir(d, at);
  printf("%d\n", strcmp(kept, readdir(d)->d_name));
  printf("%d\n", closedir(d));
  printf("%d", opendir("none") == NULL);
  printf(" %s\n", strerror(errno));
  printf("%d", opendir("d/file1") == NULL);
  printf(" %s\n", strerror(errno));
  d = fdopendir(open("d/sub", O_RDONLY | O_DIRECTORY));
  for (n = 0; readdir(d); n++) {}
  printf("%d\n", n);
  closedir(d);
  struct dirent **list;
  n = scandir("d", &list, visible, alphasort);
  for (int i = 0; i < n; i++) printf("%s ", list[i]->d_name);
  n = scandir("d", &list, visible, versionsort);
  for (int i = 0; i < n; i++) printf("%s ", list[i]->d_name);
  puts("");
  return 0;
}
