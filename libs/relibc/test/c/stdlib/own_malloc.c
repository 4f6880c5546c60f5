// A program with a malloc of its own: what the C library gives to be freed comes from it.
#define _GNU_SOURCE
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <wchar.h>

#define MAGIC 0x6d616c6c6f634021ul
static _Alignas(16) char pool[1 << 20];
static size_t used;
static int given, back, strangers;

struct head { unsigned long magic; size_t size; };
void *malloc(size_t size) {
  struct head *head = (struct head *)(pool + used);
  used += sizeof *head + ((size + 15) & ~15ul);
  if (used > sizeof pool) return 0;
  head->magic = MAGIC;
  head->size = size;
  given++;
  return head + 1;
}
void free(void *block) {
  if (!block) return;
  struct head *head = (struct head *)block - 1;
  if ((char *)block < pool || (char *)block >= pool + sizeof pool || head->magic != MAGIC) { strangers++; return; }
  head->magic = 0;
  back++;
}
void *calloc(size_t n, size_t size) { void *block = malloc(n * size); return block ? memset(block, 0, n * size) : 0; }
void *realloc(void *block, size_t size) {
  void *to = malloc(size);
  if (block) {
    size_t old = ((struct head *)block - 1)->size;
    memcpy(to, block, old < size ? old : size);
    free(block);
  }
  return to;
}

static int named(const struct dirent *entry) { return entry->d_name[0] != '.'; }

static void check(const char *what, void *block) {
  int before = back;
  free(block);
  printf("%s: %s\n", what, back == before + 1 ? "ours" : "a stranger's");
}

int main(void) {
  setvbuf(stdout, 0, _IONBF, 0);
  char folder[] = "/tmp/ownXXXXXX", path[64];
  if (!mkdtemp(folder)) return 1;
  check("strdup", strdup("hello"));
  check("strndup", strndup("hello", 2));
  check("wcsdup", wcsdup(L"wide"));
  check("realpath", realpath("/tmp/../tmp", 0));
  check("canonicalize_file_name", canonicalize_file_name("/tmp"));
  check("getcwd", getcwd(0, 0));
  check("getcwd with room", getcwd(0, 100));
  check("get_current_dir_name", get_current_dir_name());
  char *text;
  printf("%d\n", asprintf(&text, "%d and %s", 7, "more"));
  puts(text);
  check("asprintf", text);
  void *block = malloc(10);
  memcpy(block, "123456789", 10);
  block = reallocarray(block, 4, 10);
  puts(block);
  check("reallocarray", block);
  snprintf(path, sizeof path, "%s/file", folder);
  FILE *file = fopen(path, "w+");
  for (int i = 0; i < 100; i++) fprintf(file, "%d ", i);
  rewind(file);
  char *line = malloc(4);
  size_t room = 4;
  printf("%zd\n", getline(&line, &room, file));
  check("getline", line);
  fclose(file);
  char *word = 0;
  printf("%d\n", sscanf("allocated text", "%ms", &word));
  puts(word);
  check("scanf", word);
  char *built;
  size_t length;
  FILE *stream = open_memstream(&built, &length);
  for (int i = 0; i < 300; i++) fprintf(stream, "%d,", i);
  fclose(stream);
  printf("%zu %.9s\n", length, built);
  check("open_memstream", built);
  struct dirent **list;
  int count = scandir(folder, &list, named, alphasort);
  printf("%d %s\n", count, list[0]->d_name);
  check("scandir's entry", list[0]);
  check("scandir", list);
  unlink(path);
  rmdir(folder);
  printf("strangers %d\n", strangers);
  return 0;
}
