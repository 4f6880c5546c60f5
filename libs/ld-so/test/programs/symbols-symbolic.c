int symbolic(void) { return 200; }
int ask_symbolic(void) { return symbolic(); }
