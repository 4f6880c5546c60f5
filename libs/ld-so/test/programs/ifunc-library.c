static int by_adding(int x) { return x + x; }
static int (*choose(void))(int) { return by_adding; }
int doubled(int x) __attribute__((ifunc("choose")));
int (*library_pointer(void))(int) { return doubled; }
