#define _GNU_SOURCE
#include <argz.h>
#include <envz.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *a;
static size_t n;
static void show(const char *what, int error) {
  printf("%s %d %zu %d:", what, error, n, a == NULL);
  for (size_t i = 0; i < n; i++) putchar(a[i] ? a[i] : '.');
  printf(" %zu\n", argz_count(a, n));
}
static void make(const char *text, int separator) { show(text, argz_create_sep(text, separator, &a, &n)); }
static const char *said(const char *s) { return s ? s : "(none)"; }

int main(void) {
  char *argv[] = {"one", "", "three", NULL}, *none[] = {NULL};
  show("create", argz_create(argv, &a, &n));
  char *out[5];
  argz_extract(a, n, out);
  for (int i = 0; out[i]; i++) printf("[%s]", out[i]);
  puts("");
  for (char *e = NULL; (e = argz_next(a, n, e));) printf("<%s>", e);
  puts("");
  argz_stringify(a, n, ',');
  printf("%s\n", a);
  free(a);
  show("nothing", argz_create(none, &a, &n));
  printf("%s\n", said(argz_next(a, n, NULL)));
  static const char *texts[] = {"a:b:c", "::a::b::", ":", "", "::::", "abc", ":x", "x:"};
  for (int i = 0; i < 8; i++) {
    make(texts[i], ':');
    show("add_sep", argz_add_sep(&a, &n, texts[7 - i], ':'));
    show("add", argz_add(&a, &n, "more"));
    show("append", argz_append(&a, &n, "p\0q", 4));
    free(a);
  }
  make("alpha beta gamma", ' ');
  show("first", argz_insert(&a, &n, a, "zero"));
  show("inside", argz_insert(&a, &n, a + 7, "half"));
  show("last", argz_insert(&a, &n, NULL, "end"));
  show("outside", argz_insert(&a, &n, a + n, "no"));
  show("before", argz_insert(&a, &n, a - 1, "no"));
  argz_delete(&a, &n, argz_next(a, n, a));
  show("delete", 0);
  argz_delete(&a, &n, NULL);
  while (n > 0) argz_delete(&a, &n, a), show("delete", 0);
  make("banana:ananas:cherry::an", ':');
  unsigned count = 3;
  show("replace", argz_replace(&a, &n, "an", "<AN>", &count));
  printf("%u\n", count);
  show("again", argz_replace(&a, &n, "<AN>", "", &count));
  show("none", argz_replace(&a, &n, "zzz", "", NULL));
  show("empty", argz_replace(&a, &n, "", "x", &count));
  show("null", argz_replace(&a, &n, NULL, "x", &count));
  printf("%u\n", count);
  free(a);
  // Names and values.
  make("a=1 b c= d=e=f", ' ');
  static const char *names[] = {"a", "b", "c", "d", "e", "a=9", ""};
  for (int i = 0; i < 7; i++) printf("%s: %s, %s\n", names[i], said(envz_entry(a, n, names[i])), said(envz_get(a, n, names[i])));
  show("add", envz_add(&a, &n, "new", "value"));
  show("other", envz_add(&a, &n, "a", "2"));
  show("alone", envz_add(&a, &n, "c", NULL));
  char *b;
  size_t m;
  argz_create_sep("b=x a=y z", ' ', &b, &m);
  show("merge", envz_merge(&a, &n, b, m, 0));
  show("override", envz_merge(&a, &n, b, m, 1));
  envz_remove(&a, &n, "d");
  show("remove", 0);
  envz_remove(&a, &n, "nobody");
  show("remove", 0);
  envz_strip(&a, &n);
  show("strip", 0);
  while (n > 0) envz_remove(&a, &n, a), show("remove", 0);
  show("first", envz_add(&a, &n, "k", "v"));
  return 0;
}
