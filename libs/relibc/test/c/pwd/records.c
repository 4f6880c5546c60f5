// Lines of users and groups out of streams, and back into them.
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *or_null(const char *s) { return s ? s : "(null)"; }

static void user(const struct passwd *p) {
  printf("%s|%s|%u|%u|%s|%s|%s\n", p->pw_name, or_null(p->pw_passwd), p->pw_uid, p->pw_gid, or_null(p->pw_gecos), or_null(p->pw_dir),
         or_null(p->pw_shell));
}

static void group(const struct group *g) {
  printf("%s|%s|%u", g->gr_name, or_null(g->gr_passwd), g->gr_gid);
  for (char **m = g->gr_mem; m && *m; m++) printf(" [%s]", *m);
  puts("");
}

static FILE *of(char *text) { return fmemopen(text, strlen(text), "r"); }

static char users[] =
    "root:x:0:0:r:/r:/s\n\n# c\n  \n  lead:x:1:2\nbad:x:1\nbad2:x:a:b:\n+\n+nis\n+nis::::::\n-x:y:3::g:h:s\nplain\n:x:1:2:::\n"
    "sp:x: 7 :8:::\nneg:x:-1:-2::\nbig:x:99999999999:1:::\nmax:x:4294967295:4294967294::\nlast:x:5:6:a:b:c:d";
static char groups[] =
    "root:x:0:\nwheel:*:10:root,user\nempty:!:11\nmany:x:12:a, b,,c ,\nbad:x\nbad:x:q:a\n#no:x:1:a\n  lead:x:3:a:b,c\n+\n+net:::\n-:x:4:z\n:x:5:y\n";

int main(void) {
  FILE *f = of(users);
  struct passwd *p, one, *found;
  while ((p = fgetpwent(f))) user(p);
  printf("%d %d\n", errno, feof(f));
  fclose(f);
  f = of(users);
  char buffer[256];
  int e;
  while ((e = fgetpwent_r(f, &one, buffer, sizeof buffer, &found)) == 0) printf("%d %s\n", found == &one, one.pw_name);
  printf("%d %p\n", e, found);
  fclose(f);
  f = of(groups);
  struct group *g, other, *seen;
  while ((g = fgetgrent(f))) group(g);
  fclose(f);
  f = of(groups);
  while ((e = fgetgrent_r(f, &other, buffer, sizeof buffer, &seen)) == 0) group(seen);
  printf("%d %p\n", e, seen);
  fclose(f);

  char *text;
  size_t size;
  f = open_memstream(&text, &size);
  struct passwd put[] = {
      {"a", "x", 1, 2, "A, B", "/a", "/bin/a"}, {"b", NULL, 3, 4, NULL, NULL, NULL}, {"+c", "x", 5, 6, "g", "/c", "s"},
      {"-", NULL, 5, 6, "g", NULL, NULL},       {"d", "x", 7, 8, "one:two\nthree", "/", ""},
      {"e:", "x", 1, 1, "", "", ""},            {"f", "x\n", 1, 1, "", "", ""},
      {"g", "x", 1, 1, "", "/:", ""},           {NULL, "x", 1, 1, "", "", ""},
      {"h", "", -1, -2, "", "", "/x\n"},        {"", "", -1, -2, "", "", ""},
  };
  for (int i = 0; i < 11; i++) {
    errno = 0;
    e = putpwent(&put[i], f);
    printf("%d %d\n", e, errno);
  }
  char *none[] = {NULL}, *two[] = {"a", "b", NULL}, *comma[] = {"a,b", NULL}, *colon[] = {"a:b", NULL};
  struct group more[] = {{"a", "x", 1, none}, {"b", NULL, 2, two}, {"c", "x", 3, NULL}, {"d", "x", 4, comma}, {"e", "x", 5, colon},
                         {"f:", "x", 6, two}, {"+g", "x", 7, two}, {NULL, "x", 8, two}, {"-", NULL, 8, none},  {"i", "a:b", 9, two}};
  for (int i = 0; i < 10; i++) {
    errno = 0;
    e = putgrent(&more[i], f);
    printf("%d %d\n", e, errno);
  }
  fclose(f);
  fputs(text, stdout);
  free(text);
  return 0;
}
