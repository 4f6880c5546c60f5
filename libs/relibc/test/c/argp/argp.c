// Command lines by description: what parsers are told in which order, and all texts of help.
#include <argp.h>
#include <stdarg.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *name_of(int key) {
  static char text[16];
  switch (key) {
    case ARGP_KEY_ARG: return "ARG";
    case ARGP_KEY_ARGS: return "ARGS";
    case ARGP_KEY_END: return "END";
    case ARGP_KEY_NO_ARGS: return "NO_ARGS";
    case ARGP_KEY_INIT: return "INIT";
    case ARGP_KEY_SUCCESS: return "SUCCESS";
    case ARGP_KEY_ERROR: return "ERROR";
    case ARGP_KEY_FINI: return "FINI";
  }
  sprintf(text, key > 32 && key < 127 ? "%c" : "%d", key);
  return text;
}

static int say(const char *who, int key, char *arg, struct argp_state *state) {
  printf("%s %s %s next %d of %d, %u taken, quoted %d, input %s\n", who, name_of(key), arg ? arg : "-", state->next, state->argc, state->arg_num,
         state->quoted, state->input ? (char *)state->input : "-");
  return 0;
}

static struct argp_option inner_options[] = {
    {"inner", 'i', 0, 0, "Something of the child"},
    {"level", 'l', "N", OPTION_ARG_OPTIONAL, "How deep"},
    {"verbose", 'v', 0, 0, "The letter is the parent's"},
    {0},
};
static error_t parse_inner(int key, char *arg, struct argp_state *state) {
  say("inner", key, arg, state);
  switch (key) {
    case 'i': case 'l': case 'v': case ARGP_KEY_INIT: return 0;
  }
  return ARGP_ERR_UNKNOWN;
}
static struct argp inner = {inner_options, parse_inner, 0, "Text of the child.\vBehind, of the child."};
static struct argp bare = {0, 0, "[BARE...]"};

static struct argp_option options[] = {
    {"verbose", 'v', 0, 0, "Produce verbose output"},
    {"quiet", 'q', 0, 0, "Don't produce any output"},
    {"silent", 's', 0, OPTION_ALIAS},
    {"output", 'o', "FILE", 0, "Output to FILE instead of standard output, which is a text long enough to be broken into several lines of help"},
    {"a-very-long-option-name-that-goes-on", 'L', "ARGUMENT", 0, "Its text begins on the next line"},
    {0, 0, 0, 0, "A header that makes a group:", 2},
    {"repeat", 'r', "COUNT", OPTION_ARG_OPTIONAL, "Repeat the output COUNT (default 10) times"},
    {"abort", 500, 0, 0, "Abort before showing any output"},
    {0, 'z', "SIZE", 0, "Only a letter"},
    {"hidden", 'h', 0, OPTION_HIDDEN, "Nobody sees this"},
    {"unused", 501, 0, OPTION_NO_USAGE, "Not in the usage"},
    {"", 0, 0, OPTION_DOC, "An empty documentation option"},
    {"documentation", 0, 0, OPTION_DOC, "No option at all", 3},
    {"--looks", 0, 0, OPTION_DOC, "Looks like an option"},
    {0, 0, 0, 0, 0, 4},
    {"last", 'Z', 0, 0, "In the last group"},
    {"first", 'a', 0, 0, "Before the last"},
    {"negative", 'n', 0, 0, "At the end", -2},
    {0},
};

static int keep = 0;
static error_t parse(int key, char *arg, struct argp_state *state) {
  say("outer", key, arg, state);
  switch (key) {
    case ARGP_KEY_INIT:
      if (state->root_argp && state->child_inputs) state->child_inputs[0] = "for the child";
      return 0;
    case ARGP_KEY_ARG:
      if (state->arg_num >= 3) argp_usage(state);
      if (!strcmp(arg, "fail")) argp_failure(state, 9, ENOENT, "cannot open '%s'", arg);
      if (!strcmp(arg, "soft")) argp_failure(state, 0, 0, "not good: %d", 5);
      if (!strcmp(arg, "none")) argp_failure(state, 0, EPERM, NULL);
      if (!strcmp(arg, "error")) argp_error(state, "bad %s", arg);
      if (!strcmp(arg, "number")) return 77;
      if (!strcmp(arg, "stop")) state->next = state->argc;
      if (!strcmp(arg, "refuse")) return ARGP_ERR_UNKNOWN;
      if (!strcmp(arg, "hook")) state->hook = "kept";
      return 0;
    case ARGP_KEY_END:
      if (state->hook) printf("hook %s\n", (char *)state->hook);
      if (keep && state->arg_num < 1) argp_usage(state);
      return 0;
    case ARGP_KEY_NO_ARGS: case ARGP_KEY_SUCCESS: case ARGP_KEY_FINI: case ARGP_KEY_ERROR: return 0;
  }
  return key == 502 ? ARGP_ERR_UNKNOWN : 0;
}
static struct argp_child children[] = {{&inner, 0, "Options of the child:", 0}, {&bare, 0, 0, 0}, {0}};
static struct argp outer = {options, parse, "ARG1 ARG2\nSOLE\n[STRING...]",
                            "A program that shows what argp does, with a text that is longer than one line of a terminal would be.\vText that comes "
                            "behind the options.\nWith a line of its own, which again is a good deal longer than what there is room for.",
                            children};
static struct argp simple = {0, 0, 0, "Only a text."};
static struct argp empty = {0};

static char *filter(int key, const char *text, void *input) {
  switch (key) {
    case ARGP_KEY_HELP_PRE_DOC: return strdup("PRE replaced");
    case ARGP_KEY_HELP_POST_DOC: return text ? strdup("POST replaced") : NULL;
    case ARGP_KEY_HELP_HEADER: return strdup("HEADER replaced");
    case ARGP_KEY_HELP_EXTRA: return strdup("EXTRA text");
    case ARGP_KEY_HELP_DUP_ARGS_NOTE: return NULL;
    case ARGP_KEY_HELP_ARGS_DOC: return strdup("ARGS replaced");
    case 'q': return NULL;
    case 'o': return strdup("with input");
  }
  return (char *)text;
}

static void run(const struct argp *argp, unsigned flags, int with_index, ...) {
  char *argv[16] = {"/usr/bin/prog"};
  int argc = 1;
  va_list list;
  va_start(list, with_index);
  while ((argv[argc] = va_arg(list, char *))) argc++;
  va_end(list);
  printf("== %x", flags);
  for (int i = 1; i < argc; i++) printf(" %s", argv[i]);
  puts("");
  if (fork() == 0) {
    int index = -1;
    int e = argp_parse(argp, argc, argv, flags, with_index ? &index : NULL, "given");
    printf("error %d index %d\n", e, index);
    for (int i = 1; i < argc; i++) printf(" %s", argv[i]);
    puts("");
    exit(0);
  }
  int status;
  wait(&status);
  printf("status %d\n", WEXITSTATUS(status));
}

const char *argp_program_version = "prog 1.2.3";
const char *argp_program_bug_address = "<bugs@example.org>";

static void version(FILE *stream, struct argp_state *state) { fprintf(stream, "hook says: %s 9\n", state->name); }

int main(void) {
  setvbuf(stdout, NULL, _IONBF, 0);
  dup2(1, 2);
  run(&outer, 0, 0, NULL);
  run(&outer, 0, 0, "-v", "one", "--output=x", "two", "-r5", "--repeat", NULL);
  run(&outer, 0, 0, "-q", "-s", "--silent", "--abort", "-z", "7", "--unused", NULL);
  run(&outer, 0, 0, "a", "--", "-v", "b", NULL);
  run(&outer, 0, 0, "a", "b", "c", "d", NULL);
  run(&outer, 0, 0, "-i", "--level", "-l3", "--inner", NULL);
  run(&outer, 0, 0, "--nothing", NULL);
  run(&outer, 0, 0, "-x", NULL);
  run(&outer, 0, 0, "--o", NULL);
  run(&outer, 0, 0, "--ver", NULL);
  run(&outer, 0, 0, "--verb", NULL);
  run(&outer, 0, 0, "fail", NULL);
  run(&outer, 0, 0, "soft", "none", NULL);
  run(&outer, 0, 0, "error", NULL);
  run(&outer, 0, 0, "number", "x", NULL);
  run(&outer, 0, 0, "stop", "-v", "x", NULL);
  run(&outer, 0, 0, "refuse", "x", NULL);
  run(&outer, 0, 1, "refuse", "x", NULL);
  run(&outer, 0, 0, "hook", NULL);
  run(&outer, 0, 0, "--help", NULL);
  run(&outer, 0, 0, "-?", NULL);
  run(&outer, 0, 0, "--usage", NULL);
  run(&outer, 0, 0, "--version", NULL);
  run(&outer, 0, 0, "-V", NULL);
  run(&outer, 0, 0, "--program-name=/other/name", "--usage", NULL);
  run(&outer, ARGP_NO_HELP, 0, "--help", NULL);
  run(&outer, ARGP_NO_EXIT, 0, "--help", "-v", NULL);
  run(&outer, ARGP_NO_EXIT, 0, "--nothing", "-v", NULL);
  run(&outer, ARGP_SILENT, 0, "-x", NULL);
  run(&outer, ARGP_NO_ERRS, 0, "-x", NULL);
  run(&outer, ARGP_NO_ARGS, 0, "-v", "x", "-q", NULL);
  run(&outer, ARGP_NO_ARGS, 1, "-v", "x", "-q", NULL);
  run(&outer, ARGP_IN_ORDER, 0, "a", "-v", "b", "-q", NULL);
  run(&outer, ARGP_LONG_ONLY, 0, "-output", "x", "-verb", "-q", NULL);
  run(&outer, ARGP_LONG_ONLY, 0, "-nothing", NULL);
  run(&simple, 0, 0, "--help", NULL);
  run(&simple, 0, 0, "x", NULL);
  run(&simple, 0, 1, "x", NULL);
  run(&empty, 0, 0, "--help", NULL);
  run(&empty, 0, 0, "--usage", NULL);
  run(&inner, 0, 0, "-v", "x", NULL);
  run(&inner, 0, 0, "--help", NULL);
  keep = 1;
  run(&outer, 0, 0, NULL);
  outer.help_filter = filter;
  run(&outer, 0, 0, "--help", NULL);
  outer.help_filter = NULL;
  argp_err_exit_status = 5;
  run(&outer, 0, 0, "-x", NULL);
  argp_program_version_hook = version;
  run(&outer, 0, 0, "-V", NULL);
  argp_program_version_hook = NULL;
  argp_program_version = NULL;
  run(&outer, 0, 0, "-V", NULL);
  argp_program_bug_address = NULL;
  unsigned flags[] = {ARGP_HELP_USAGE, ARGP_HELP_SHORT_USAGE, ARGP_HELP_SEE, ARGP_HELP_LONG, ARGP_HELP_PRE_DOC, ARGP_HELP_POST_DOC, ARGP_HELP_DOC,
                      ARGP_HELP_BUG_ADDR, ARGP_HELP_STD_HELP, ARGP_HELP_STD_USAGE, 0};
  for (int i = 0; i < 11; i++) {
    printf("== help %x\n", flags[i]);
    argp_help(&outer, stdout, flags[i], "a/name");
  }
  const char *formats[] = {"rmargin=62", "dup-args,no-dup-args-note,opt-doc-col=35", "short-opt-col=4, long-opt-col=10,header-col=5,usage-indent=3",
                           "doc-opt-col=8"};
  for (int i = 0; i < 4; i++) {
    printf("== %s\n", formats[i]);
    if (fork() == 0) {
      setenv("ARGP_HELP_FMT", formats[i], 1);
      argp_help(&outer, stdout, ARGP_HELP_STD_HELP | ARGP_HELP_USAGE, "prog");
      argp_help(&outer, stdout, ARGP_HELP_USAGE, "prog");
      exit(0);
    }
    wait(NULL);
  }
  return 0;
}
