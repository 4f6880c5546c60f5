/* Names that a path may not end with, modes of new directories, long names, descriptors of a path alone. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#define TOLD(call)                                                                        \
  do {                                                                                    \
    errno = 0;                                                                            \
    long result = (long)(call);                                                           \
    printf("%s: %s\n", #call, result < 0 ? strerrorname_np(errno) : "done");              \
  } while (0)

static mode_t mode_of(const char *path)
{
  struct stat status;
  return lstat(path, &status) == 0 ? status.st_mode : 0;
}

int main(void)
{
  char folder[] = "/tmp/namesXXXXXX";
  if (mkdtemp(folder) == NULL || chdir(folder) != 0)
    return 1;
  umask(022);
  close(creat("file", 0644));
  mkdir("a", 0755);
  mkdir("a/b", 0755);

  TOLD(rename("file", "new/"));
  TOLD(rename("file", "a/new/"));
  TOLD(rename("a/b", "a/c/"));
  TOLD(rename("a/.", "new"));
  TOLD(rename("a/..", "new"));
  TOLD(rename("a/c", "a/."));
  TOLD(rename("a/c", ".."));
  TOLD(rename("/", "new"));
  TOLD(rename("a", "/"));
  TOLD(rename("a", "a/c/d"));
  TOLD(rename("a/c", "a"));
  TOLD(link("file", "new/"));
  TOLD(linkat(AT_FDCWD, "file", AT_FDCWD, "new", 0x40));
  TOLD(symlink("file", "link"));
  TOLD(linkat(AT_FDCWD, "link", AT_FDCWD, "hard", 0));
  TOLD(linkat(AT_FDCWD, "link", AT_FDCWD, "followed", AT_SYMLINK_FOLLOW));
  printf("%o %o\n", mode_of("hard"), mode_of("followed"));

  TOLD(mkdir("all", 07777));
  printf("%o\n", mode_of("all"));
  TOLD(chmod("all", 07777));
  printf("%o\n", mode_of("all"));
  TOLD(mkfifo("fifo", 0600));
  TOLD(truncate("fifo", 0));

  char name[512] = "";
  for (int i = 0; i < 127; i++)
    strcat(name, "\303\244");
  TOLD(creat(name, 0600));
  TOLD(creat(strcat(name, "x"), 0600));
  TOLD(creat(strcat(name, "x"), 0600));
  TOLD(stat(name, &(struct stat){0}));
  TOLD(mkdir(name, 0700));

  int path = open("file", O_PATH), link = open("link", O_PATH | O_NOFOLLOW);
  char text[16] = "";
  struct stat status;
  TOLD(read(path, text, 1));
  TOLD(pread(path, text, 1, 0));
  TOLD(write(path, text, 1));
  TOLD(fstat(path, &status));
  TOLD(mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, path, 0) == MAP_FAILED ? -1 : 0);
  TOLD(readlinkat(link, "", text, sizeof text));
  TOLD(readlinkat(path, "", text + 8, 8));
  puts(text);
  TOLD(dup(path));
  printf("%d\n", (fcntl(path, F_GETFL) & O_PATH) != 0);

  int file = open("file", O_RDWR);
  TOLD(write(file, "0123456789", 10));
  TOLD(copy_file_range(file, &(off64_t){0}, file, &(off64_t){4}, 5, 0));
  TOLD(copy_file_range(file, &(off64_t){0}, file, &(off64_t){5}, 5, 0));
  TOLD(copy_file_range(file, &(off64_t){0}, open("/dev/null", O_WRONLY), NULL, 5, 0));
  struct iovec pieces[2] = {{text, 1}, {text, (size_t)-1}};
  TOLD(writev(file, pieces, 2));
  TOLD(readv(file, pieces, 2));

  name[strlen(name) - 1] = '\0';
  const char *made[] = {"file", "a/c", "a", "link", "hard", "followed", "all", "fifo", name};
  for (size_t i = 0; i < sizeof made / sizeof *made; i++)
    TOLD(remove(made[i]));
  name[strlen(name) - 1] = '\0';
  TOLD(remove(name));
  TOLD(rmdir(folder));
  return 0;
}
