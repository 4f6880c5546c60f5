#include <stdarg.h>
#include <stdio.h>
#include <syslog.h>
#include <unistd.h>
static void log_it(int priority, const char *f, ...) {
  va_list list;
  va_start(list, f);
  vsyslog(priority, f, list);
  va_end(list);
}
int main(void) {
  dup2(1, 2);
  syslog(LOG_INFO, "to nobody %d", 1);
  openlog("name", LOG_PERROR, LOG_USER);
  syslog(LOG_ERR, "a %s of %d", "message", 2);
  syslog(LOG_WARNING, "with its newline\n");
  printf("%x", setlogmask(LOG_UPTO(LOG_ERR)));
  printf(" %x\n", setlogmask(0));
  fflush(stdout);
  syslog(LOG_INFO, "masked");
  log_it(LOG_CRIT, "%5.1f|%m", 2.5);
  closelog();
  openlog(NULL, LOG_PERROR, 0);
  syslog(LOG_CRIT, "last");
  return 0;
}
