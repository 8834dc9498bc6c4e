#include "processor.h"

#if defined(__x86_64__)
#include <stdbool.h>

int processor_x86_level(void) {
  __builtin_cpu_init();
  bool third = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi") &&
               __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("f16c") && __builtin_cpu_supports("lzcnt") &&
               __builtin_cpu_supports("movbe");
  bool fourth = third && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
                __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw") &&
                __builtin_cpu_supports("avx512cd");
  return fourth ? 4 : third ? 3 : 1;
}

#else

int processor_x86_level(void) { return 0; }

#endif

#if defined(__x86_64__)
#include <immintrin.h>

/// Flush results to zero (bit 15) and denormal operands are zero (bit 6).
static const unsigned flush_bits = 0x8040;

int processor_flushes_subnormals(void) { return (_mm_getcsr() & flush_bits) == flush_bits; }

void processor_flush_subnormals(int flushes) {
  unsigned state = _mm_getcsr();
  _mm_setcsr(flushes ? state | flush_bits : state & ~flush_bits);
}

#elif defined(__aarch64__)
#include <stdint.h>

/// Flush operands and results to zero (FZ).
static const uint64_t flush_bit = UINT64_C(1) << 24;

static uint64_t control(void) {
  uint64_t state;
  __asm__ volatile("mrs %0, fpcr" : "=r"(state));
  return state;
}

int processor_flushes_subnormals(void) { return (control() & flush_bit) != 0; }

void processor_flush_subnormals(int flushes) {
  uint64_t state = flushes ? control() | flush_bit : control() & ~flush_bit;
  __asm__ volatile("msr fpcr, %0" : : "r"(state));
}

#else

int processor_flushes_subnormals(void) { return 0; }
void processor_flush_subnormals(int flushes) { (void)flushes; }

#endif
