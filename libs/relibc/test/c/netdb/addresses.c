#include <arpa/inet.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
static void try(const char *name, const char *service, int family, int type, int flags) {
  struct addrinfo hints = {.ai_family = family, .ai_socktype = type, .ai_flags = flags}, *list;
  int r = getaddrinfo(name, service, &hints, &list);
  printf("%s %s %d %d %x: %d %s\n", name ? name : "-", service ? service : "-", family, type, flags, r, r ? gai_strerror(r) : "");
  if (r) return;
  for (struct addrinfo *a = list; a; a = a->ai_next) {
    char host[64], port[16];
    getnameinfo(a->ai_addr, a->ai_addrlen, host, sizeof host, port, sizeof port, NI_NUMERICHOST | NI_NUMERICSERV);
    printf("  %d %d %d %d %s %s %s\n", a->ai_family, a->ai_socktype, a->ai_protocol, a->ai_addrlen, host, port, a->ai_canonname ? a->ai_canonname : "");
  }
  freeaddrinfo(list);
}
int main(void) {
  try("127.0.0.1", "80", AF_UNSPEC, SOCK_STREAM, 0);
  try("::1", "53", AF_UNSPEC, 0, AI_NUMERICHOST);
  try("1.2.3.4", NULL, AF_INET, SOCK_DGRAM, AI_CANONNAME);
  try("1.2.3.4", NULL, AF_INET6, SOCK_STREAM, 0);
  try(NULL, "8080", AF_INET, SOCK_STREAM, AI_PASSIVE);
  try(NULL, "8080", AF_INET, SOCK_STREAM, 0);
  try("not a host", NULL, AF_INET, SOCK_STREAM, AI_NUMERICHOST);
  try(NULL, NULL, AF_INET, SOCK_STREAM, 0);
  try("127.0.0.1", "80", 99, SOCK_STREAM, 0);
  try(NULL, "80", AF_UNSPEC, SOCK_STREAM, AI_PASSIVE);
  try(NULL, "80", AF_UNSPEC, SOCK_STREAM, 0);
  try("1.2.3", "5", AF_UNSPEC, SOCK_STREAM, AI_NUMERICHOST);
  try("0x7f.1", "5", AF_UNSPEC, SOCK_STREAM, 0);
  try("127.0.0.1", NULL, AF_INET6, SOCK_STREAM, AI_V4MAPPED);
  try("127.0.0.1", "none", AF_UNSPEC, SOCK_STREAM, AI_NUMERICSERV);
  try("127.0.0.1", "65537", AF_UNSPEC, SOCK_STREAM, AI_NUMERICSERV);
  try("127.0.0.1", " 80", AF_UNSPEC, SOCK_STREAM, 0);
  try("127.0.0.1", "80", AF_UNSPEC, 99, 0);
  try("127.0.0.1", "80", AF_UNSPEC, SOCK_STREAM, 0x80000);
  try(NULL, "80", AF_UNSPEC, SOCK_STREAM, AI_CANONNAME);
  for (int i = -11; i < 0; i++) printf("%s\n", gai_strerror(i));
  printf("%s\n", hstrerror(1));
  struct hostent *h = gethostbyname("10.1.2.3");
  printf("%s %d %d %s\n", h->h_name, h->h_addrtype, h->h_length, inet_ntoa(*(struct in_addr *)h->h_addr_list[0]));
  return 0;
}
