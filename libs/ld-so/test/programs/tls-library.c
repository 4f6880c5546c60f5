__thread int exported = 100;
static __thread int first = 21, second = 22;
static __thread char block[256] __attribute__((aligned(128))) = {1};
__attribute__((tls_model("global-dynamic"))) __thread int dynamic = 31;
__attribute__((tls_model("initial-exec"))) __thread int initial = 41;

int *library_global(void) { return &dynamic; }
int *library_local(int which) { return which ? &second : &first; }
int library_initial(void) { return initial++; }
void *aligned_block(void) { return block; }
