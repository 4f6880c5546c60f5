/* Calls with names that are not UTF-8, and with one that looks like what a decoder makes of them. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char foreign[] = "caf\xe9";

static void told(const char *call, int result) { printf("%s %d %d\n", call, result < 0 ? -1 : 0, result < 0 ? errno : 0); }

int main(void) {
  struct stat st;
  chdir("/tmp");
  told("open", open(foreign, O_CREAT | O_RDWR, 0644));
  told("openat", openat(AT_FDCWD, "/tmp/\xc0\x80/x", O_RDONLY));
  told("mkdir", mkdir("\xff", 0755));
  told("stat", stat(foreign, &st));
  told("rename", rename("/tmp", foreign));
  told("symlink to", symlink(foreign, "link"));
  told("symlink at", symlink("target", foreign));
  told("unlink", unlink("\x80"));
  told("chdir", chdir("\xed\xa0\x80"));
  told("access", access("\xf5", F_OK));
  told("replacement", open("\xef\xbf\xbd", O_CREAT | O_RDWR, 0644));
  told("mark", open("\xef\xbb\xbf", O_CREAT | O_RDWR, 0644));
  DIR *dir = opendir(".");
  for (struct dirent *entry; (entry = readdir(dir)) != NULL;)
    if (entry->d_name[0] != '.') printf("%zu %02x\n", strlen(entry->d_name), (unsigned char)entry->d_name[2]);
  return 0;
}
