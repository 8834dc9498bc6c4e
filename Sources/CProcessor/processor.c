#include "processor.h"

#include <stdint.h>

#if defined(__x86_64__)
#include <xmmintrin.h>

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

void processor_flush_subnormals(bool flush) {
  const unsigned both = 0x8040;  // flush results to zero, read operands as zero
  _mm_setcsr(flush ? _mm_getcsr() | both : _mm_getcsr() & ~both);
}

#elif defined(__aarch64__)

int processor_x86_level(void) { return 0; }

void processor_flush_subnormals(bool flush) {
  const uint64_t flushBit = (uint64_t)1 << 24;
  uint64_t control;
  __asm__ volatile("mrs %0, fpcr" : "=r"(control));
  control = flush ? control | flushBit : control & ~flushBit;
  __asm__ volatile("msr fpcr, %0" ::"r"(control));
}

#else

int processor_x86_level(void) { return 0; }

void processor_flush_subnormals(bool flush) { (void)flush; }

#endif
