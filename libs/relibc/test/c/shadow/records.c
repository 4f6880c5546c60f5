// Lines of the files of passwords out of strings and streams, and back into them.
#include <errno.h>
#include <gshadow.h>
#include <shadow.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *or_null(const char *s) { return s ? s : "(null)"; }

static void shadow(const struct spwd *s) {
  if (s == NULL) {
    puts("none");
    return;
  }
  printf("%s|%s %ld %ld %ld %ld %ld %ld %lu\n", s->sp_namp, or_null(s->sp_pwdp), s->sp_lstchg, s->sp_min, s->sp_max, s->sp_warn, s->sp_inact,
         s->sp_expire, s->sp_flag);
}

static void group(const struct sgrp *s) {
  if (s == NULL) {
    puts("none");
    return;
  }
  printf("%s|%s", s->sg_namp, or_null(s->sg_passwd));
  for (char **p = s->sg_adm; p && *p; p++) printf(" adm[%s]", *p);
  for (char **p = s->sg_mem; p && *p; p++) printf(" mem[%s]", *p);
  puts("");
}

int main(void) {
  const char *lines[] = {"a:x:1:2:3:4:5:6:7", "a:x:1:2:3:4:5:6:", "a:x:::::::", "a:x:1:2:3",           "a:x:1:2:",
                         "a:x:1:2",           "a:x:1:2:3:",        "a:x:1:2:3:4", "a:x:q:2:3::::",      "+",
                         "+a",                "#a:x:1:2:3",        "a",           "a:x:1:2:3:4:5:6:7:8", "a:x:1:2:3:4:5:6:z",
                         " a:x:::::::",       "a:x:4294967297:2:3::::", "+a:x:1:2:3:4:5:6:7", "a:x:4294967295:0:99999:7:::", "a:x:1:2:3:4:5:6"};
  for (int i = 0; i < 20; i++) {
    printf("'%s' ", lines[i]);
    shadow(sgetspent(lines[i]));
  }
  const char *groups[] = {"a:!:x,y:z", "a:!:x", "a:!::", "a::", "a", "a:!: x , y:z,,w", "+", "+a:b", "#a:!::", "", ":!:a:b", "a:!:x:y:z"};
  for (int i = 0; i < 12; i++) {
    printf("'%s' ", groups[i]);
    group(sgetsgent(groups[i]));
  }
  char buffer[128];
  struct spwd one, *found;
  printf("%d ", sgetspent_r("root:pw:1:2:3:4:5:6:7", &one, buffer, 4, &found));
  printf("%d ", sgetspent_r("root:pw:1:2:3:4:5:6:7", &one, buffer, sizeof buffer, &found));
  printf("%d %s %s\n", found == &one, one.sp_namp, one.sp_pwdp);

  char *text;
  size_t size;
  FILE *f = open_memstream(&text, &size);
  struct spwd put[] = {{"a", "x", 1, 2, 3, 4, 5, 6, 7}, {"b", NULL, -1, -1, -1, -1, -1, -1, -1}, {"c:", "x"}, {"d", "x\n"}, {NULL, "x"}, {"", "", -2, 0, 0, 0, 0, 0, 0}};
  int e;
  for (int i = 0; i < 6; i++) {
    errno = 0;
    e = putspent(&put[i], f);
    printf("%d %d\n", e, errno);
  }
  fclose(f);
  fputs(text, stdout);
  f = fmemopen(text, size, "r");
  struct spwd *s;
  while ((s = fgetspent(f))) shadow(s);
  printf("%d\n", fgetspent_r(f, &one, buffer, sizeof buffer, &found));
  fclose(f);
  free(text);

  f = open_memstream(&text, &size);
  char *none[] = {NULL}, *two[] = {"a", "b", NULL}, *comma[] = {"a,b", NULL};
  struct sgrp more[] = {{"a", "!", none, two}, {"b", NULL, two, none}, {"c", "!", NULL, NULL}, {"d:", "!", two, two}, {"e", "!", comma, none}, {NULL, "!", two, two}};
  for (int i = 0; i < 6; i++) {
    errno = 0;
    e = putsgent(&more[i], f);
    printf("%d %d\n", e, errno);
  }
  fclose(f);
  fputs(text, stdout);
  f = fmemopen(text, size, "r");
  struct sgrp *g;
  while ((g = fgetsgent(f))) group(g);
  fclose(f);
  free(text);

  printf("%p %p\n", getspnam("nobody there"), getsgnam("nobody there"));
  setspent();
  endspent();
  setsgent();
  endsgent();
  // Whether the user may lock does not matter to what follows.
  int first = lckpwdf();
  int again = lckpwdf();
  printf("%d %d\n", again, ulckpwdf() == first);
  printf("%d\n", ulckpwdf());
  return 0;
}
