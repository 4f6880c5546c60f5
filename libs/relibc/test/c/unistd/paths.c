#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <libgen.h>
static void say(int r) { printf("%d %s\n", r, r < 0 ? strerror(errno) : ""); }
int main(void) {
  char t[PATH_MAX], top[PATH_MAX];
  getcwd(top, sizeof top);
  mkdir("a", 0755);
  mkdir("a/b", 0755);
  close(creat("a/f", 0644));
  say(chdir("a"));
  getcwd(t, sizeof t);
  printf("%s\n", t + strlen(top));
  char *made = getcwd(NULL, 0);
  printf("%s\n", made + strlen(top));
  free(made);
  printf("%d", getcwd(t, 2) == NULL);
  printf(" %s\n", strerror(errno));
  printf("%s\n", get_current_dir_name() + strlen(top));
  say(access("f", R_OK));
  say(access("g", F_OK));
  say(faccessat(AT_FDCWD, "f", W_OK, 0));
  say(eaccess("f", R_OK));
  say(symlink("f", "l"));
  say(readlink("l", t, sizeof t));
  printf("%.1s\n", t);
  say(readlink("f", t, sizeof t));
  say(rename("f", "g"));
  say(rename("g", "b"));
  say(rename("missing", "x"));
  say(rmdir("g"));
  say(unlink("b"));
  say(unlink("l"));
  say(unlink("l"));
  say(unlinkat(AT_FDCWD, "b", AT_REMOVEDIR));
  say(link("g", "h"));
  say(linkat(AT_FDCWD, "g", AT_FDCWD, "i", 0));
  say(symlinkat("g", AT_FDCWD, "s"));
  say(readlinkat(AT_FDCWD, "s", t, sizeof t));
  say(renameat(AT_FDCWD, "i", AT_FDCWD, "j"));
  printf("%s\n", realpath("./../a/./s", t) + strlen(top));
  printf("%s\n", canonicalize_file_name("../a/h") + strlen(top));
  printf("%d", realpath("missing/x", t) == NULL);
  printf(" %s\n", strerror(errno));
  int up = open("..", O_RDONLY);
  say(fchdir(up));
  getcwd(t, sizeof t);
  printf("%s\n", t + strlen(top));
  const char *paths[] = {"/usr/lib/", "/", "usr", "/usr", "", ".", "a//b//"};
  for (int i = 0; i < 7; i++) {
    char x[32], y[32], z[32];
    printf("%s %s %s\n", dirname(strcpy(x, paths[i])), __xpg_basename(strcpy(y, paths[i])), (basename)(strcpy(z, paths[i])));
  }
  printf("%ld %ld %ld\n", pathconf(".", _PC_NAME_MAX), fpathconf(up, _PC_PATH_MAX), sysconf(_SC_PAGESIZE));
  char name[] = "tmpXXXXXX", dir[] = "dirXXXXXX", suffix[] = "tXXXXXX.c", bad[] = "short";
  int fd = mkstemp(name);
  printf("%d %d\n", fd > 2, strcmp(name, "tmpXXXXXX") != 0);
  printf("%d\n", mkdtemp(dir) == dir);
  printf("%d %s\n", mkstemps(suffix, 2) > 2, suffix + 7);
  printf("%d\n", mkostemp(strcpy(name, "tmpXXXXXX"), O_CLOEXEC) > 2);
  say(mkstemp(bad));
  printf("%d\n", strlen(mktemp(strcpy(name, "tmpXXXXXX"))));
  printf("%s %zu\n", getenv("HOME"), confstr(_CS_PATH, t, sizeof t));
  puts(t);
  return 0;
}
