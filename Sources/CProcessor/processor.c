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
