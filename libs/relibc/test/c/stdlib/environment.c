#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
extern char **environ;
int main(void) {
  printf("%s %s\n", getenv("HOME"), getenv("NONE"));
  printf("%d %s\n", setenv("A", "1", 0), getenv("A"));
  printf("%d %s\n", setenv("A", "2", 0), getenv("A"));
  printf("%d %s\n", setenv("A", "3", 1), getenv("A"));
  printf("%d %d\n", setenv("", "x", 1), errno);
  printf("%d\n", setenv("B=C", "x", 1));
  char put[] = "PUT=here";
  printf("%d %s\n", putenv(put), getenv("PUT"));
  put[4] = 'H';
  printf("%s\n", getenv("PUT"));
  for (int i = 0; i < 50; i++) {
    char name[8];
    sprintf(name, "N%d", i);
    setenv(name, name + 1, 1);
  }
  printf("%s %s\n", getenv("N49"), secure_getenv("N0"));
  printf("%d %s\n", unsetenv("A"), getenv("A"));
  printf("%d\n", unsetenv("=") == -1);
  int count = 0;
  for (char **e = environ; *e; e++) count++;
  printf("%d %s\n", count, environ[0]);
  char *own[] = {"X=own", NULL};
  environ = own;
  printf("%s %s\n", getenv("X"), getenv("HOME"));
  setenv("Y", "new", 1);
  printf("%s %s %s\n", getenv("X"), getenv("Y"), environ[0]);
  clearenv();
  printf("%s %d\n", getenv("X"), setenv("Z", "z", 1));
  printf("%s\n", getenv("Z"));
  return 0;
}
