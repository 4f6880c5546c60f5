#include <mntent.h>
#include <stdio.h>
int main(void) {
  FILE *f = setmntent("table", "w");
  struct mntent e = {"/dev/a b", "/mnt", "ext4", "rw,noatime,size=10", 1, 2};
  printf("%d\n", addmntent(f, &e));
  fputs("# comment\n\nproc /proc proc defaults 0 0\nshort /x\n", f);
  printf("%d\n", endmntent(f));
  f = setmntent("table", "r");
  struct mntent *m;
  while ((m = getmntent(f))) printf("%s %s %s %s %d %d\n", m->mnt_fsname, m->mnt_dir, m->mnt_type, m->mnt_opts, m->mnt_freq, m->mnt_passno);
  endmntent(f);
  printf("%s %d\n", hasmntopt(&e, "size"), hasmntopt(&e, "siz") != NULL);
  struct mntent r;
  char buffer[256];
  f = setmntent("table", "r");
  printf("%s\n", getmntent_r(f, &r, buffer, sizeof buffer)->mnt_fsname);
  endmntent(f);
  printf("%p\n", (void *)setmntent("missing", "r"));
  return 0;
}
