// Exceptions leave functions that the C library has called.
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <pthread.h>
#include <search.h>
#include <stdexcept>
#include <thread>

struct Loud {
  const char *name;
  ~Loud() { printf("-%s ", name); }
};
static int depth;
static int throwing(const void *a, const void *) {
  Loud l{"compare"};
  if (depth > 0) {
    int k[2] = {1, 2};
    depth--;
    qsort(k, 2, sizeof *k, throwing);
  }
  throw *static_cast<const int *>(a);
}
static int fine(const void *a, const void *b) { return *static_cast<const int *>(a) - *static_cast<const int *>(b); }

template <class F> static void tried(const char *what, F f) {
  try {
    f();
    printf("%s: no exception\n", what);
  } catch (int i) {
    printf("%s: %d\n", what, i);
  } catch (std::exception &e) {
    printf("%s: %s\n", what, e.what());
  }
}

static pthread_once_t control = PTHREAD_ONCE_INIT;
static bool fails = true;
static void routine() {
  if (fails) throw std::runtime_error("not yet");
  puts("routine");
}
/* Far more stack than the callback that was left had. */
static void __attribute__((noinline)) deep_once(int n) {
  volatile char room[4096];
  room[0] = n;
  if (n > 0) deep_once(n - 1);
  else pthread_once(&control, routine);
}

int main() {
  int a[] = {3, 3, 3};
  tried("qsort", [&] { qsort(a, 3, sizeof *a, throwing); });
  tried("bsearch", [&] { int k = 1; bsearch(&k, a, 3, sizeof *a, [](const void *, const void *) -> int { throw 2; }); });
  depth = 3;
  tried("nested", [&] { qsort(a, 3, sizeof *a, throwing); });
  tried("inside", [] {
    int b[] = {2, 1, 3};
    qsort(b, 3, sizeof *b, [](const void *x, const void *y) {
      int c[] = {9, 9};
      tried("inner", [&] { qsort(c, 2, sizeof *c, throwing); });
      return fine(x, y);
    });
    printf("%d%d%d ", b[0], b[1], b[2]);
  });
  void *root = nullptr;
  tried("tsearch", [&] { int k = 4, l = 4; tsearch(&k, &root, throwing); tsearch(&l, &root, throwing); });
  tried("once", [] { pthread_once(&control, routine); });
  fails = false;
  deep_once(3);
  deep_once(0);
  std::once_flag flag;
  tried("call_once", [&] { std::call_once(flag, [] { throw 3; }); });
  std::call_once(flag, [] { puts("once ok"); });
  std::thread([] {
    int b[] = {5, 5};
    for (int i = 0; i < 100; i++) try { qsort(b, 2, sizeof *b, [](const void *, const void *) -> int { throw 7; }); } catch (int) {}
    qsort(b, 2, sizeof *b, fine);
    puts("thread");
  }).join();
}
