// Hardware addresses as text and in lines.
#include <netinet/ether.h>
#include <stdio.h>

int main(void) {
  const char *lines[] = {"1:2:3:4:5:6 host",      "01:02:03:04:05:06\thost.x # c", "1:2:3:4:5:6",   "1:2:3:4:5:6 ",     "1:2:3:4:5:67zz host",
                         "1:2:3:4:5:677 host",    "1:2:3:4:5 h",                   "g:2:3:4:5:6 h", "1:2:3:4:5:6 a b#", "#1:2:3:4:5:6 h",
                         "1:2:3:4:5:6#h",         " 1:2:3:4:5:6 h",                "AA:bB:0:FF:00:1 h\n", "",           "1:2:3:4:5:6: h",
                         "001:2:3:4:5:6 h"};
  for (int i = 0; i < 16; i++) {
    struct ether_addr own, *found;
    char name[64] = "?", text[32];
    int e = ether_line(lines[i], &own, name);
    printf("'%s' %d", lines[i], e);
    if (e == 0) printf(" %s [%s]", ether_ntoa(&own), name);
    found = ether_aton(lines[i]);
    printf(" %s", found ? ether_ntoa_r(found, text) : "none");
    printf(" %d\n", ether_aton_r(lines[i], &own) == &own);
  }
  return 0;
}
