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
  try("UTF-16", "UTF-8", "a\xc3\xa9", 3, 64);
  try("UTF-32", "UTF-8", "a\xc3\xa9", 3, 64);
  try("UTF-16", "UTF-8", "ab", 2, 3);
  try("UTF-16", "UTF-8", "ab", 2, 5);
  try("UTF-8", "UTF-16", "a\0\xe9\0", 4, 64);
  try("UTF-8", "UTF-16", "\xff\xfe" "a\0\xff\xfe", 6, 64);
  try("UTF-8", "UTF-16", "\xfe\xff\0a\0\xe9", 6, 64);
  try("UTF-8", "UTF-32", "\0\0\xfe\xff\0\0\0a", 8, 64);
  try("UTF-8", "UTF-32", "a\0\0\0", 4, 64);
  try("UTF-16", "UTF-16", "\xfe\xff\0a", 4, 64);
  try("UTF-8", "UTF-16", "\xff", 1, 64);
  try("UTF-8", "CP1252", "\x80\x9f\xe9", 3, 64);
  try("UTF-8", "WINDOWS-1252", "a\x81", 2, 64);
  try("CP1252", "UTF-8", "\xe2\x82\xac\xc5\xb8\xc3\xa9", 7, 64);
  try("CP1252", "UTF-8", "\xc2\x81", 2, 64);
  try("UTF-8", "ISO-8859-15", "\xa4\xbe\xe9\x80", 4, 64);
  try("ISO-8859-15", "UTF-8", "\xe2\x82\xac", 3, 64);
  try("ISO-8859-15", "UTF-8", "\xc2\xa4", 2, 64);
  try("UTF-8", "KOI8-R", "\xc1\xe1\x80\x9a\xff", 5, 64);
  try("KOI8-R", "UTF-8", "\xd0\xb0\xd0\xaf", 4, 64);
  try("ASCII//TRANSLIT", "UTF-8", "\xe2\x82\xac \xe2\x80\x9cq\xe2\x80\x9d \xc3\xa9 \xef\xac\x81", 18, 64);
  try("ISO-8859-1//TRANSLIT", "UTF-8", "\xe2\x82\xac\xc3\xa9", 5, 64);
  try("ASCII//TRANSLIT", "UTF-8", "\xe2\x82\xac", 3, 2);
  iconv_t made = iconv_open("ASCII//TRANSLIT", "UTF-32LE");
  for (unsigned code = 0xa0; code < 0x2600; code++) {
    char text[16], *i = (char *)&code, *o = text;
    size_t size = 4, room = 16;
    if (code >= 0x370 && code < 0x2000) continue;
    size_t n = iconv(made, &i, &size, &o, &room);
    if (code < 0x2400 || code >= 0x2500) printf("%x %zd %.*s|", code, n, (int)(o - text), text);
  }
  puts("");
  return 0;
}
