// A catalogue of messages written here as gencat would, found by its path, by NLSPATH, and not at all.
#include <errno.h>
#include <nl_types.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ROWS = 5, COLUMNS = 2 };

int main(void) {
  struct { int set, message; const char *text; } all[] = {{1, 1, "first of the first"}, {1, 2, "second"}, {3, 4, "fourth of the third"}, {2, 6, "same row"}, {1, 7, ""}};
  uint32_t head[3] = {0x960408de, ROWS, COLUMNS}, table[ROWS * COLUMNS * 3] = {0}, swapped[ROWS * COLUMNS * 3];
  char texts[256];
  uint32_t used = 0;
  for (int i = 0; i < 5; i++) {
    uint32_t set = all[i].set + 1, at = set * all[i].message % ROWS * 3;
    while (table[at]) at += ROWS * 3;
    table[at] = set;
    table[at + 1] = all[i].message;
    table[at + 2] = used;
    strcpy(texts + used, all[i].text);
    used += strlen(all[i].text) + 1;
  }
  for (int i = 0; i < ROWS * COLUMNS * 3; i++) swapped[i] = __builtin_bswap32(table[i]);
  mkdir("folder", 0777);
  FILE *f = fopen("folder/words.cat", "w");
  fwrite(head, sizeof head, 1, f);
  fwrite(table, sizeof table, 1, f);
  fwrite(swapped, sizeof swapped, 1, f);
  fwrite(texts, used, 1, f);
  fclose(f);
  f = fopen("folder/broken.cat", "w");
  fputs("this is no catalogue of messages", f);
  fclose(f);

  nl_catd cat = catopen("./folder/words.cat", 0);
  printf("%d\n", cat != (nl_catd)-1);
  for (int set = 0; set < 5; set++)
    for (int message = 0; message < 9; message++) {
      const char *text = catgets(cat, set, message, "own");
      if (strcmp(text, "own")) printf("%d %d '%s'\n", set, message, text);
    }
  errno = 0;
  printf("%s %d\n", catgets(cat, 9, 9, "own"), errno);
  printf("%s\n", catgets(cat, -1, 1, "own"));
  printf("%d\n", catclose(cat));
  errno = 0;
  printf("%s %d\n", catgets((nl_catd)-1, 1, 1, "own"), errno);
  errno = 0;
  printf("%d %d\n", catclose((nl_catd)-1), errno);

  const char *paths[] = {"folder/%N.cat", "%N:folder/%N.cat", "folder/%L%%/%N:folder/%N.cat", "nowhere/%N", "folder/%l-%t-%c-%N.cat"};
  link("folder/words.cat", "folder/de-AT-UTF-8@euro-words.cat");
  setenv("LANG", "de_AT.UTF-8@euro", 1);
  for (int i = 0; i < 5; i++) {
    setenv("NLSPATH", paths[i], 1);
    errno = 0;
    cat = catopen("words", 0);
    if (cat == (nl_catd)-1) printf("%s: none %d\n", paths[i], errno);
    else printf("%s: %s\n", paths[i], catgets(cat, 1, 1, "own"));
    if (cat != (nl_catd)-1) catclose(cat);
  }
  errno = 0;
  printf("%d", catopen("./folder/broken.cat", 0) == (nl_catd)-1);
  printf(" %d", catopen("./folder/nothing.cat", NL_CAT_LOCALE) == (nl_catd)-1);
  printf(" %d\n", errno);
  return 0;
}
