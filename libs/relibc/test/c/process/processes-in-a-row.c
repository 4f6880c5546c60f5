/* Processes that come and go: none finds anything that another has left in its memory. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define SIZE (3 << 20)
static unsigned char blank[1 << 16];
static int counter = 7;

/* Bytes that are not zero in what is fresh, which is then soiled. */
static long soil(unsigned char *bytes, size_t size) {
    long found = 0;
    for (size_t i = 0; i < size; i++) found += bytes[i] != 0;
    memset(bytes, 0xa5, size);
    return found;
}
static int dirty(void) {
    unsigned char *fresh = mmap(0, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    unsigned char *zeroed = calloc(SIZE / 2, 1);
    if (fresh == MAP_FAILED || zeroed == 0) return 100;
    long found = soil(fresh, SIZE) + soil(zeroed, SIZE / 2) + soil(blank, sizeof blank);
    if (counter != 7) found++;
    counter = 9;
    unsigned char *guard = mmap(0, 8192, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    mprotect(guard, 4096, PROT_READ | PROT_WRITE);
    found += soil(guard, 4096);
    return found != 0;
}

int main(int argc, char **argv) {
    if (argc > 1) return dirty() ? 50 : atoi(argv[1]);
    for (int i = 0; i < 12; i++) {
        fflush(stdout);
        pid_t pid = fork();
        if (pid == 0) {
            if (i % 3 == 2) {
                char number[8];
                snprintf(number, sizeof number, "%d", i);
                execl("/proc/self/exe", argv[0], number, (char *)0);
                _exit(99);
            }
            /* A grandchild while the child is there. */
            if (i % 3 == 1) {
                pid_t below = fork();
                if (below == 0) _exit(dirty() ? 51 : 3);
                int status = 0;
                waitpid(below, &status, 0);
                if (WEXITSTATUS(status) != 3) _exit(52);
            }
            _exit(dirty() ? 53 : i);
        }
        int status = 0;
        waitpid(pid, &status, 0);
        printf("%d: %d\n", i, WIFEXITED(status) ? WEXITSTATUS(status) : -1);
    }
    return dirty();
}
