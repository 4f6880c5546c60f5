// Protocols by name and number, and numbers of networks.
#include <arpa/inet.h>
#include <netdb.h>
#include <stdio.h>

static void show(const struct protoent *p) {
  if (p == NULL) {
    puts("none");
    return;
  }
  printf("%s %d", p->p_name, p->p_proto);
  for (char **alias = p->p_aliases; *alias; alias++) printf(" %s", *alias);
  puts("");
}

int main(void) {
  const char *names[] = {"tcp", "TCP", "Tcp", "udp", "icmp", "ip", "ipv6", "IPv6-ICMP", "none", "6"};
  for (int i = 0; i < 10; i++) show(getprotobyname(names[i]));
  int numbers[] = {0, 1, 6, 17, 41, 58, 255, -1};
  for (int i = 0; i < 8; i++) show(getprotobynumber(numbers[i]));
  const char *networks[] = {"1.2.3", "1", "1.2.3.4", "0x7f.1", "010.1", "1.2.3.4.5", "256", "1.256", "", "x", "1.", "1.2 ", "0x", "1..2", "1.2.3.4 x", ".1", "09"};
  struct in_addr a;
  for (int i = 0; i < 17; i++) {
    printf("'%s' %x", networks[i], inet_network(networks[i]));
    printf(" %d\n", inet_aton(networks[i], &a));
  }
  const char *six[] = {"::1.2.3.4", "::ffff:1.2.3.4", "::1:0", "::1", "::", "1::", "::1:0:0"};
  char text[64];
  for (int i = 0; i < 7; i++) {
    struct in6_addr a6;
    inet_pton(AF_INET6, six[i], &a6);
    puts(inet_ntop(AF_INET6, &a6, text, sizeof text));
  }
  return 0;
}
