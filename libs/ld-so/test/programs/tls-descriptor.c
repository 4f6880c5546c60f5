__thread long described = 51;
long *library_descriptor(void) { return &described; }
