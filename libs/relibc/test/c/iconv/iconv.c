#include <errno.h>
#include <iconv.h>
#include <stdio.h>
#include <string.h>
static void try(const char *to, const char *from, const char *text, size_t size, size_t room) {
  iconv_t d = iconv_open(to, from);
  printf("%s <- %s: ", to, from);
  if (d == (iconv_t)-1) {
    printf("%d\n", errno);
    return;
  }
  char out[64], *o = out, *i = (char *)text;
  errno = 0;
  size_t n = iconv(d, &i, &size, &o, &room);
  printf("%zd %d left %zu %zu:", (ssize_t)n, (ssize_t)n < 0 ? errno : 0, size, room);
  for (char *p = out; p < o; p++) printf(" %02x", (unsigned char)*p);
  printf(" %d\n", iconv_close(d));
}
int main(void) {
  try("UTF-16LE", "UTF-8", "a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80", 10, 64);
  try("UTF-8", "UTF-16BE", "\0a\0\xe9\x20\xac\xd8\x3d\xde\x00", 10, 64);
  try("ISO-8859-1", "UTF-8", "h\xc3\xa9llo", 6, 64);
  try("UTF-8", "LATIN1", "\xe9\xff", 2, 64);
  try("ASCII", "UTF-8", "h\xc3\xa9", 3, 64);
  try("UTF-8", "UTF-8", "\xff", 1, 64);
  try("UTF-8", "UTF-8", "ab\xc3", 3, 64);
  try("UTF-32BE", "UTF-8", "abc", 3, 8);
  try("utf8", "us-ascii", "plain", 5, 64);
  try("WCHAR_T", "UTF-8", "z\xc3\xa9", 3, 64);
  try("NOSUCH", "UTF-8", "x", 1, 64);
  return 0;
}
