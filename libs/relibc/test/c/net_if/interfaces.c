// The loopback among the interfaces of the machine, of which a node has no other.
#include <arpa/inet.h>
#include <errno.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

static void show(const char *what, const struct sockaddr *a) {
  char text[64];
  const void *bytes = a == NULL ? NULL
                      : a->sa_family == AF_INET ? (void *)&((struct sockaddr_in *)a)->sin_addr
                                                : (void *)&((struct sockaddr_in6 *)a)->sin6_addr;
  printf(" %s %s", what, a == NULL ? "none" : inet_ntop(a->sa_family, bytes, text, sizeof text));
}

int main(void) {
  struct ifaddrs *all;
  printf("%d\n", getifaddrs(&all));
  for (struct ifaddrs *i = all; i; i = i->ifa_next) {
    if (strcmp(i->ifa_name, "lo") || (i->ifa_addr->sa_family != AF_INET && i->ifa_addr->sa_family != AF_INET6)) continue;
    printf("%s %x", i->ifa_name, i->ifa_flags);
    show("address", i->ifa_addr);
    show("mask", i->ifa_netmask);
    show("broadcast", i->ifa_broadaddr);
    printf(" %d\n", i->ifa_data == NULL);
  }
  freeifaddrs(all);
  struct if_nameindex *names = if_nameindex();
  for (struct if_nameindex *i = names; i->if_index; i++)
    if (strcmp(i->if_name, "lo") == 0) printf("%u %s\n", i->if_index, i->if_name);
  if_freenameindex(names);
  char name[IF_NAMESIZE];
  printf("%u %s\n", if_nametoindex("lo"), if_indextoname(1, name));
  unsigned none = if_nametoindex("none");
  printf("%u %s\n", none, strerror(errno));
  char *nobody = if_indextoname(7777, name);
  printf("%d %s\n", nobody == NULL, strerror(errno));
  return 0;
}
