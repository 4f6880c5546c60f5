/* Loaded by ld.so: finds the C library by DT_NEEDED, prints through it, and is ended by exit(). */
#include <stdio.h>

int main(void) {
    puts("hello from the C library");
    return 0;
}
