// etc: hosts networks protocols services rpc
// What the host's own files say of hosts, networks, protocols, services and programs: by name, by number and in turn.
#include <aliases.h>
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <rpc/netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void list(char **names) {
  for (; *names; names++) printf(" [%s]", *names);
  puts("");
}

static void host(const struct hostent *h) {
  if (h == NULL) {
    printf("none %d\n", h_errno);
    return;
  }
  printf("%s %d %d", h->h_name, h->h_addrtype, h->h_length);
  char text[64];
  for (char **a = h->h_addr_list; *a; a++) printf(" %s", inet_ntop(h->h_addrtype, *a, text, sizeof text));
  list(h->h_aliases);
}

static void network(const struct netent *n) {
  if (n == NULL) puts("none");
  else {
    printf("%s %d %x", n->n_name, n->n_addrtype, n->n_net);
    list(n->n_aliases);
  }
}

static void protocol(const struct protoent *p) {
  if (p == NULL) puts("none");
  else {
    printf("%s %d", p->p_name, p->p_proto);
    list(p->p_aliases);
  }
}

static void service(const struct servent *s) {
  if (s == NULL) puts("none");
  else {
    printf("%s %d/%s", s->s_name, ntohs(s->s_port), s->s_proto);
    list(s->s_aliases);
  }
}

static void program(const struct rpcent *r) {
  if (r == NULL) puts("none");
  else {
    printf("%s %d", r->r_name, r->r_number);
    list(r->r_aliases);
  }
}

int main(void) {
  struct hostent *h, one, *found;
  char buffer[512];
  int error, e, count;
  sethostent(1);
  while ((h = gethostent())) host(h);
  endhostent();
  host(gethostbyname("localhost"));
  host(gethostbyname("LOCALHOST"));
  host(gethostbyname("127.1"));
  host(gethostbyname("1.2.3.4"));
  host(gethostbyname("::1"));
  host(gethostbyname2("::1", AF_INET6));
  host(gethostbyname2("localhost", 77));
  struct in_addr loopback = {htonl(INADDR_LOOPBACK)};
  host(gethostbyaddr(&loopback, 4, AF_INET));
  host(gethostbyaddr(&loopback, 3, AF_INET));
  printf("%d ", gethostbyname_r("localhost", &one, buffer, sizeof buffer, &found, &error));
  printf("%d ", found == &one);
  host(found);
  printf("%d ", gethostbyname_r("localhost", &one, buffer, 3, &found, &error));
  printf("%p %d\n", found, error);
  printf("%d ", gethostbyname2_r("1.2.3.4", AF_INET6, &one, buffer, sizeof buffer, &found, &error));
  printf("%p %d\n", found, error);
  printf("%d ", gethostbyaddr_r(&loopback, 4, AF_INET, &one, buffer, sizeof buffer, &found, &error));
  host(found);
  sethostent(0);
  for (count = 0; (e = gethostent_r(&one, buffer, sizeof buffer, &found, &error)) == 0; count++) host(found);
  printf("%d %d %p\n", count, e, found);

  struct netent *n, net, *near;
  while ((n = getnetent())) network(n);
  setnetent(0);
  network(getnetent());
  endnetent();
  network(getnetbyname("loopback"));
  network(getnetbyname("nowhere"));
  network(getnetbyaddr(0x7f000000, AF_INET));
  network(getnetbyaddr(0x7f000000, AF_UNSPEC));
  network(getnetbyaddr(0x7f000000, AF_INET6));
  network(getnetbyaddr(0x7f, AF_INET));
  printf("%d ", getnetbyname_r("loopback", &net, buffer, sizeof buffer, &near, &error));
  network(near);
  printf("%d ", getnetbyname_r("nowhere", &net, buffer, sizeof buffer, &near, &error));
  printf("%p %d\n", near, error);
  while (getnetent_r(&net, buffer, sizeof buffer, &near, &error) == 0) network(near);

  struct protoent *p, proto, *got;
  while ((p = getprotoent())) protocol(p);
  setprotoent(1);
  protocol(getprotoent());
  endprotoent();
  printf("%d ", getprotobyname_r("tcp", &proto, buffer, sizeof buffer, &got));
  protocol(got);
  printf("%d ", getprotobynumber_r(17, &proto, buffer, sizeof buffer, &got));
  protocol(got);
  printf("%d ", getprotobyname_r("nothing", &proto, buffer, sizeof buffer, &got));
  protocol(got);
  printf("%d ", getprotobyname_r("tcp", &proto, buffer, 4, &got));
  protocol(got);

  struct servent *s, serv, *that;
  for (count = 0; (s = getservent()); count++) service(s);
  setservent(0);
  for (e = 0; getservent_r(&serv, buffer, sizeof buffer, &that) == 0; e++);
  endservent();
  printf("%d\n", e == count);
  service(getservbyname("ssh", "tcp"));
  service(getservbyname("ssh", "udp"));
  service(getservbyname("www", NULL));
  service(getservbyport(htons(53), "udp"));
  service(getservbyport(htons(53), NULL));
  service(getservbyport(htons(1), "sctp"));
  printf("%d ", getservbyname_r("domain", NULL, &serv, buffer, sizeof buffer, &that));
  service(that);
  printf("%d ", getservbyport_r(htons(25), "tcp", &serv, buffer, sizeof buffer, &that));
  service(that);
  printf("%d ", getservbyport_r(htons(25), "none", &serv, buffer, sizeof buffer, &that));
  service(that);

  struct rpcent *r;
  while ((r = getrpcent())) program(r);
  setrpcent(0);
  program(getrpcent());
  endrpcent();
  program(getrpcbyname("portmap"));
  program(getrpcbyname("nothing"));
  program(getrpcbynumber(100003));
  program(getrpcbynumber(-1));

  struct aliasent alias, *mail;
  printf("%p\n", getaliasbyname("nobody there"));
  printf("%d\n", getaliasbyname_r("nobody there", &alias, buffer, sizeof buffer, &mail) == 0 && mail != NULL);
  setaliasent();
  endaliasent();

  dup2(1, 2);
  for (int i = -2; i < 7; i++) {
    printf("%s\n", hstrerror(i));
    fflush(stdout);
    h_errno = i;
    herror("what");
    herror("");
    herror(NULL);
  }
  struct in6_addr any = in6addr_any, own = in6addr_loopback;
  printf("%s ", inet_ntop(AF_INET6, &any, buffer, sizeof buffer));
  printf("%s\n", inet_ntop(AF_INET6, &own, buffer, sizeof buffer));
  return 0;
}
