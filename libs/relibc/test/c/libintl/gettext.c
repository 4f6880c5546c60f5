#include <libintl.h>
#include <locale.h>
#include <stdio.h>
int main(void) {
  setlocale(LC_ALL, "");
  printf("%s\n", textdomain(NULL));
  printf("%s %s\n", bindtextdomain("prog", "/tmp/locale"), textdomain("prog"));
  printf("%s %s %s\n", gettext("text"), dgettext("prog", "other"), dcgettext("prog", "third", LC_MESSAGES));
  for (int i = 0; i < 3; i++) printf("%s %s %s\n", ngettext("one", "many", i), dngettext("prog", "one", "many", i), dcngettext("prog", "one", "many", i, LC_MESSAGES));
  printf("%s\n", bind_textdomain_codeset("prog", "UTF-8"));
  return 0;
}
