// Every width at every place, across the ends of words, lines and pages.
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <emmintrin.h>
static uint64_t hash = 14695981039346656037u;
static void mix(uint64_t v) { hash = (hash ^ v) * 1099511628211u; }
int main(void) {
  unsigned char *p = mmap(NULL, 4 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  for (int i = 0; i < 4 * 4096; i++) p[i] = i * 7 + (i >> 8);
  for (int at = 4096 - 80; at < 4096 + 80; at++) {
    unsigned char *q = p + at;
    *(volatile uint16_t *)q += 3;
    mix(*(volatile uint16_t *)(q + 1));
    *(volatile uint32_t *)q ^= 0x1234567;
    mix(*(volatile uint32_t *)(q + 2));
    *(volatile uint64_t *)q -= at;
    mix(*(volatile uint64_t *)(q + 3));
    *(volatile float *)(q + 5) = at * 0.5f;
    *(volatile double *)(q + 7) = at / 3.0;
    mix(*(volatile uint64_t *)(q + 6));
    long double wide = at + 0.25L;
    memcpy(q + 9, &wide, 10);
    *(volatile long double *)(q + 9) = *(volatile long double *)(q + 9) * 2;
    mix(*(volatile uint64_t *)(q + 9));
    __m128i v = _mm_loadu_si128((__m128i *)(q + 1));
    _mm_storeu_si128((__m128i *)q, _mm_add_epi32(v, _mm_set1_epi32(at)));
    mix(__sync_fetch_and_add((uint64_t *)(q + 3), at));
    mix(__sync_val_compare_and_swap((uint32_t *)(q + 1), *(volatile uint32_t *)(q + 1), at));
    uint64_t old = __sync_lock_test_and_set((uint64_t *)(q + 5), 0x0102030405060708u);
    mix(old);
    __asm__ volatile("bts %1, (%0)" ::"r"(q), "r"((uint64_t)(at % 200)) : "memory");
    __asm__ volatile("xadd %%rax, (%0)" ::"r"(q + 2), "a"((uint64_t)at) : "memory");
    __asm__ volatile("push %%rcx\n popq (%0)" ::"r"(q + 4), "c"((uint64_t)hash) : "memory");
    memmove(q + 1, q, 37);
  }
  char *stack = (char *)__builtin_alloca(256);
  __asm__ volatile(
      "mov %%rsp, %%rbx\n sub $3, %%rsp\n push %0\n push %0\n pop %%rax\n pop %%rax\n mov %%rbx, %%rsp" ::"r"((uint64_t)stack & 0)
      : "rax", "rbx", "memory");
  for (int i = 0; i < 4 * 4096; i++) mix(p[i]);
  printf("%016lx\n", hash);
  return 0;
}
