// libraries: -lresolv
// Names between messages and text, an answer taken apart, questions put together, and base 64.
#include <arpa/nameser.h>
#include <errno.h>
#include <netinet/in.h>
#include <resolv.h>
#include <stdio.h>
#include <string.h>

static void hex(const unsigned char *p, int n) {
  for (int i = 0; i < n; i++) printf("%02x", p[i]);
  puts("");
}

static const unsigned char answer[] = {
    0x12, 0x34, 0x85, 0xb3, 0, 1, 0, 2, 0, 1, 0, 1,
    3, 'w', 'w', 'w', 7, 'E', 'x', 'a', 'm', 'p', 'l', 'e', 3, 'o', 'r', 'g', 0, 0, 1, 0, 1,
    0xc0, 12, 0, 5, 0, 1, 0, 0, 1, 44, 0, 6, 3, 'f', 't', 'p', 0xc0, 16,
    0xc0, 45, 0, 1, 0, 1, 0x80, 0, 0, 60, 0, 4, 192, 0, 2, 7,
    0xc0, 16, 0, 2, 0, 1, 0, 0, 0, 1, 0, 2, 0xc0, 12,
    0, 0, 41, 16, 0, 0, 0, 0, 0, 0, 0,
};

int main(void) {
  const char *names[] = {"www.example.org", "www.example.org.", ".", "", "a..b", ".a", "a\\.b.c", "a\\046b", "a\\300b", "x\\", "\"q;(r)@$.t", "\\200\\000", "a b.c",
                         "123456789012345678901234567890123456789012345678901234567890123.x", "1234567890123456789012345678901234567890123456789012345678901234.x"};
  unsigned char wire[256];
  char text[1025];
  for (int i = 0; i < 15; i++) {
    errno = 0;
    int e = ns_name_pton(names[i], wire, sizeof wire);
    printf("'%s' %d", names[i], e);
    if (e < 0) {
      printf(" %d\n", errno);
      continue;
    }
    const unsigned char *p = wire;
    int n = ns_name_ntop(wire, text, sizeof text);
    printf(" %d '%s' skip %d %td", n, text, ns_name_skip(&p, wire + sizeof wire), p - wire);
    printf(" %d\n", dn_skipname(wire, wire + sizeof wire));
    printf("  %d %d\n", ns_name_ntop(wire, text, 3), ns_name_pton(names[i], wire, 3));
  }

  unsigned char message[512] = "header of it";
  const unsigned char *pointers[8] = {message, NULL}, **last = pointers + 8;
  const char *put[] = {"www.example.org", "ftp.EXAMPLE.org", "example.org", "org", "other.net", "www.example.org", "www.other.net", ".", "a.b.c", "deep.a.b.c", "q", "r.q"};
  int at = 12;
  for (int i = 0; i < 12; i++) {
    int n = dn_comp(put[i], message + at, sizeof message - at, (unsigned char **)pointers, (unsigned char **)last);
    printf("%s %d ", put[i], n);
    hex(message + at, n);
    int m = dn_expand(message, message + sizeof message, message + at, text, sizeof text);
    printf("  %d '%s'", m, text);
    m = ns_name_uncompress(message, message + sizeof message, message + at, text, sizeof text);
    printf("  %d '%s'", m, text);
    m = ns_name_unpack(message, message + sizeof message, message + at, wire, sizeof wire);
    printf("  %d", m);
    printf(" %d\n", dn_skipname(message + at, message + sizeof message));
    at += n;
  }
  int count = 0;
  while (pointers[count]) count++;
  printf("%d\n", count);
  printf("%d %d\n", dn_comp("too.long", message, 4, NULL, NULL), dn_comp("plain.name", message + 300, 20, NULL, NULL));
  unsigned char circle[] = {1, 'a', 0xc0, 0, 0xc0, 9, 0x80, 1};
  for (int i = 0; i < 8; i++) printf(" %d/%d", dn_expand(circle, circle + 8, circle + i, text, sizeof text), dn_skipname(circle + i, circle + 8));
  puts("");

  ns_msg handle;
  ns_rr rr;
  printf("%d", ns_initparse(answer, sizeof answer, &handle));
  printf(" %x %d %d %d %d\n", ns_msg_id(handle), ns_msg_count(handle, ns_s_qd), ns_msg_count(handle, ns_s_an), ns_msg_count(handle, ns_s_ns), ns_msg_count(handle, ns_s_ar));
  for (int i = 0; i < ns_f_max; i++) printf(" %d", ns_msg_getflag(handle, i));
  puts("");
  for (int section = 0; section < 5; section++)
    for (int i = 0; i < 3; i++) {
      errno = 0;
      int e = ns_parserr(&handle, section, i, &rr);
      if (e < 0) printf("%d.%d: %d %d\n", section, i, e, errno);
      else printf("%d.%d: '%s' type %d class %d ttl %u, %d bytes at %td\n", section, i, ns_rr_name(rr), ns_rr_type(rr), ns_rr_class(rr), ns_rr_ttl(rr), ns_rr_rdlen(rr), rr.rdata ? rr.rdata - answer : -1);
    }
  printf("%d", ns_parserr(&handle, ns_s_an, 1, &rr));
  printf(" %d", ns_parserr(&handle, ns_s_an, 0, &rr));
  printf(" %d", ns_parserr(&handle, ns_s_an, -1, &rr));
  printf(" %s\n", ns_rr_name(rr));
  for (int i = 0; i < 4; i++) {
    errno = 0;
    printf("%d", ns_initparse(answer, sizeof answer - (int[]){1, 11, 40, 80}[i], &handle));
    printf(" %d\n", errno);
  }
  printf("%d %d\n", ns_skiprr(answer + 12, answer + sizeof answer, ns_s_qd, 1), ns_skiprr(answer + 33, answer + sizeof answer, ns_s_an, 2));
  printf("%x %lx\n", ns_get16(answer), (unsigned long)ns_get32(answer));
  ns_put16(0xabcd, wire);
  ns_put32(0x12345678, wire + 2);
  hex(wire, 6);

  unsigned char query[64];
  int n = res_mkquery(ns_o_query, "example.org", ns_c_in, ns_t_mx, NULL, 0, NULL, query, sizeof query);
  printf("%d ", n);
  hex(query + 2, n - 2);
  printf("%d\n", res_mkquery(ns_o_query, "example.org", ns_c_in, ns_t_mx, NULL, 0, NULL, query, 20));

  const char *plain[] = {"", "f", "fo", "foo", "foob", "\xff\xfe\xfd"};
  for (int i = 0; i < 6; i++) {
    n = b64_ntop((const unsigned char *)plain[i], strlen(plain[i]), text, sizeof text);
    printf("%d '%s' %d\n", n, n < 0 ? "" : text, b64_ntop((const unsigned char *)plain[i], strlen(plain[i]), text, 4));
  }
  const char *coded[] = {"", "Zg==", "Zm8=", "Zm9v", " Z m\n9 v ", "Zg=", "Zg", "Zh==", "Zm9=", "Z===", "Zg==x", "Zg= =", "Zm9v Zg==", "Z?==", "====", "Zm9vZg", "Zg== "};
  for (int i = 0; i < 17; i++) {
    n = b64_pton(coded[i], wire, sizeof wire);
    printf("'%s' %d ", coded[i], n);
    hex(wire, n > 0 ? n : 0);
    printf(" %d %d\n", b64_pton(coded[i], NULL, 0), b64_pton(coded[i], wire, 2));
  }

  struct __res_state state;
  memset(&state, 0, sizeof state);
  printf("%d %d\n", res_ninit(&state), (state.options & RES_INIT) != 0);
  res_nclose(&state);
  printf("%d %d\n", res_init(), (_res.options & RES_RECURSE) != 0);
  return 0;
}
