/* What _FORTIFY_SOURCE calls: as the plain functions where the target has the room, else the program aborts. */
#include <fcntl.h>
#include <locale.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <wchar.h>
int __wprintf_chk(int, const wchar_t *, ...);
int __fwprintf_chk(FILE *, int, const wchar_t *, ...);
int __swprintf_chk(wchar_t *, size_t, int, size_t, const wchar_t *, ...);
int __vswprintf_chk(wchar_t *, size_t, int, size_t, const wchar_t *, va_list);
int __sprintf_chk(char *, int, size_t, const char *, ...);
int __snprintf_chk(char *, size_t, int, size_t, const char *, ...);
int __printf_chk(int, const char *, ...);
int __asprintf_chk(char **, int, const char *, ...);
char *__fgets_chk(char *, size_t, int, FILE *);
size_t __fread_chk(void *, size_t, size_t, size_t, FILE *);
ssize_t __read_chk(int, void *, size_t, size_t);
ssize_t __recv_chk(int, void *, size_t, size_t, int);
int __poll_chk(struct pollfd *, nfds_t, int, size_t);
char *__getcwd_chk(char *, size_t, size_t);
int __gethostname_chk(char *, size_t, size_t);
ssize_t __readlink_chk(const char *, char *, size_t, size_t);
size_t __mbstowcs_chk(wchar_t *, const char *, size_t, size_t);
size_t __wcstombs_chk(char *, const wchar_t *, size_t, size_t);
size_t __mbsrtowcs_chk(wchar_t *, const char **, size_t, mbstate_t *, size_t);
int __wctomb_chk(char *, wchar_t, size_t);
wchar_t *__wcscpy_chk(wchar_t *, const wchar_t *, size_t);
wchar_t *__wcpcpy_chk(wchar_t *, const wchar_t *, size_t);
wchar_t *__wcscat_chk(wchar_t *, const wchar_t *, size_t);
wchar_t *__wcsncat_chk(wchar_t *, const wchar_t *, size_t, size_t);
wchar_t *__wcsncpy_chk(wchar_t *, const wchar_t *, size_t, size_t);
wchar_t *__wmemcpy_chk(wchar_t *, const wchar_t *, size_t, size_t);
wchar_t *__wmemset_chk(wchar_t *, wchar_t, size_t, size_t);
char *__stpncpy_chk(char *, const char *, size_t, size_t);

static wchar_t wide[40];
static char text[100];
static int vswide(size_t size, size_t room, const wchar_t *format, ...) {
  va_list list;
  va_start(list, format);
  int made = __vswprintf_chk(wide, size, 1, room, format, list);
  va_end(list);
  return made;
}
static int pipeOf(const char *bytes) {
  int ends[2];
  pipe(ends);
  write(ends[1], bytes, strlen(bytes));
  close(ends[1]);
  return ends[0];
}
static void over(int which) {
  int pair[2];
  struct pollfd fds[3] = {{-1}, {-1}, {-1}};
  const char *from = "abcdef";
  switch (which) {
    case 0: __swprintf_chk(wide, 10, 1, 9, L"%d", 1); break;
    case 1: __sprintf_chk(text, 1, 4, "%d", 1234); break;
    case 2: __snprintf_chk(text, 10, 1, 9, "x"); break;
    case 3: __fgets_chk(text, 3, 4, fdopen(pipeOf("abc"), "r")); break;
    case 4: __fread_chk(text, 5, 2, 3, fdopen(pipeOf("abcdef"), "r")); break;
    case 5: __read_chk(pipeOf("abc"), text, 4, 3); break;
    case 6: socketpair(AF_UNIX, SOCK_STREAM, 0, pair); __recv_chk(pair[0], text, 4, 3, MSG_DONTWAIT); break;
    case 7: __poll_chk(fds, 3, 0, 2 * sizeof *fds); break;
    case 8: __getcwd_chk(text, 100, 99); break;
    case 9: __readlink_chk("/proc/self/exe", text, 20, 19); break;
    case 10: __mbstowcs_chk(wide, "abc", 4, 3); break;
    case 11: __wcscpy_chk(wide, L"abc", 3); break;
    case 12: wcscpy(wide, L"ab"); __wcscat_chk(wide, L"cd", 4); break;
    case 13: wcscpy(wide, L"ab"); __wcsncat_chk(wide, L"cdef", 2, 4); break;
    case 14: __wcsncpy_chk(wide, L"ab", 5, 4); break;
    case 15: __wmemset_chk(wide, L'x', 5, 4); break;
    case 16: __stpncpy_chk(text, "ab", 5, 4); break;
    case 17: __wctomb_chk(text, L'x', 0); break;
    case 18: __gethostname_chk(text, 50, 49); break;
    case 19: __mbsrtowcs_chk(wide, &from, 7, NULL, 6); break;
  }
}
int main(void) {
  setvbuf(stdout, NULL, _IONBF, 0);
  char *made;
  printf("%d %ls\n", __swprintf_chk(wide, 20, 1, 40, L"%ls-%d", L"wide", 5), wide);
  printf("%d\n", __swprintf_chk(wide, 3, 1, 40, L"%d", 12345));
  printf("%d %ls\n", vswide(30, 40, L"%5.1f|%s", 2.25, "narrow"), wide);
  printf("%d %s\n", __sprintf_chk(text, 1, 100, "%x", 255), text);
  printf("%d %s\n", __snprintf_chk(text, 3, 1, 100, "%d", 12345), text);
  printf("%d %s\n", __asprintf_chk(&made, 1, "%s!", "made"), made);
  __printf_chk(1, "%s %d\n", "plain", 7);
  printf("%s", __fgets_chk(text, 100, 50, fdopen(pipeOf("a line\nmore"), "r")));
  printf("%zu\n", __fread_chk(text, 100, 3, 4, fdopen(pipeOf("0123456789"), "r")));
  printf("%zd\n", __read_chk(pipeOf("abc"), text, 100, 100));
  printf("%zu %ls\n", __mbstowcs_chk(wide, "text", 40, 40), wide);
  printf("%zu %s\n", __wcstombs_chk(text, L"other", 100, 100), text);
  const char *from = "moved";
  printf("%zu %ls %d\n", __mbsrtowcs_chk(wide, &from, 40, NULL, 40), wide, from == NULL);
  printf("%d\n", __wctomb_chk(text, L'x', 100));
  printf("%ls %td\n", __wcscpy_chk(wide, L"abc", 4), __wcpcpy_chk(wide, L"abcd", 40) - wide);
  printf("%ls %ls\n", __wcscat_chk(wide, L"ef", 40), __wcsncat_chk(wide, L"ghij", 2, 40));
  printf("%ls\n", __wcsncpy_chk(wide, L"xyz", 10, 40));
  printf("%ls\n", __wmemcpy_chk(wide, L"new", 4, 40));
  printf("%s\n", __getcwd_chk(text, 100, 100) == text ? "cwd" : "none");
  for (int which = 0; which < 20; which++) {
    pid_t child = fork();
    if (child == 0) {
      int null = open("/dev/null", O_WRONLY);
      dup2(null, 2);
      over(which);
      _exit(0);
    }
    int status;
    waitpid(child, &status, 0);
    printf("%d:%d ", which, WIFSIGNALED(status) ? WTERMSIG(status) : -1);
  }
  printf("\n");
  FILE *file = fopen("out", "w+");
  int wrote = __fwprintf_chk(file, 1, L"%ls %c %s\n", L"wide", 'c', "narrow");
  printf("%d %d\n", wrote, fwide(file, 0));
  rewind(file);
  wchar_t line[40];
  printf("%ls", fgetws(line, 40, file));
  return __wprintf_chk(1, L"stdout is one of bytes\n") == -1 ? 3 : 4;
}
