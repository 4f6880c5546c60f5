#include <stdio.h>
#include <string.h>
#include <termios.h>
int main(void) {
  struct termios t;
  memset(&t, 0xff, sizeof t);
  cfmakeraw(&t);
  printf("%x %x %x %x %d %d\n", t.c_iflag, t.c_oflag, t.c_cflag, t.c_lflag, t.c_cc[VMIN], t.c_cc[VTIME]);
  memset(&t, 0, sizeof t);
  cfmakeraw(&t);
  printf("%x %x %x %x\n", t.c_iflag, t.c_oflag, t.c_cflag, t.c_lflag);
  printf("%d %u %u %d\n", cfsetspeed(&t, B9600), cfgetispeed(&t), cfgetospeed(&t), cfsetspeed(&t, 12345));
  printf("%d %d %d\n", tcdrain(0), tcflow(0, TCOON), tcsendbreak(0, 0));
  return 0;
}
