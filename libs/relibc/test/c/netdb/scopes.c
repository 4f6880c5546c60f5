/* Scopes of IPv6 addresses, in text and in numbers. */
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>

int main(void) {
  const char *texts[] = {
    "fe80::1%lo", "fe80::1%1", "fe80::1%7", "fe80::1%none", "fe80::1%", "fe80::1%4294967295", "fe80::1%4294967296", "fe80::1",
    "::1%lo", "::1%1", "ff02::1%lo", "ff05::1%lo", "2001:db8::1%lo", "2001:db8::1%3", "127.0.0.1%lo", "localhost%lo",
  };
  struct addrinfo hints = {.ai_flags = AI_NUMERICHOST, .ai_socktype = SOCK_STREAM}, *found;
  for (unsigned i = 0; i < sizeof texts / sizeof *texts; i++) {
    int failed = getaddrinfo(texts[i], "80", &hints, &found);
    printf("%s: %s", texts[i], failed ? gai_strerror(failed) : "");
    if (!failed) {
      char host[NI_MAXHOST];
      printf("scope %u", ((struct sockaddr_in6 *)found->ai_addr)->sin6_scope_id);
      printf(" %d", getnameinfo(found->ai_addr, found->ai_addrlen, host, sizeof host, 0, 0, NI_NUMERICHOST));
      printf(" %s", host);
      freeaddrinfo(found);
    }
    puts("");
  }
  return 0;
}
