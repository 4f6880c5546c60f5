int counter = 37;
int *counter_of_library(void) { return &counter; }
const char *const names[2] = {"first", "second"};
int own(void) { return 2; }
int through_library(void) { return own(); }
int defined_twice(void) { return 6; }
__attribute__((visibility("hidden"))) int secret(void) { return 7; }
int hidden_in_library(void) { return secret(); }
int old_version(void) { return 10; }
int new_version(void) { return 20; }
__asm__(".symver old_version, versioned@V1");
__asm__(".symver new_version, versioned@@V2");
