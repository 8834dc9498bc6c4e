#ifndef FEDLUA_PROCESSOR_H
#define FEDLUA_PROCESSOR_H

/// Returns the x86-64 level that the processor and the operating system support: 4, 3 or 1; 0 elsewhere.
int processor_x86_level(void);

/// Whether this thread takes subnormal operands and results for zero.
int processor_flushes_subnormals(void);

/// Sets whether this thread takes subnormal operands and results for zero; nothing where the processor can't.
void processor_flush_subnormals(int flushes);

/// Begins to fetch the cache line at an address into the second-level cache; never waits, and never faults.
static inline void processor_prefetch(const void *address) { __builtin_prefetch(address, 0, 2); }

// Conversions of sixteen lanes. Clang makes an instruction of each; Swift has only a generic initializer, which becomes a
// symbol that all instruction sets share, or takes the lanes one by one.

typedef float processor_float16 __attribute__((ext_vector_type(16)));
typedef double processor_double8 __attribute__((ext_vector_type(8)));

/// Converts the first eight lanes to double precision.
static inline __attribute__((always_inline)) processor_double8 processor_widen_low(processor_float16 lanes) {
  return __builtin_convertvector(lanes.lo, processor_double8);
}

/// Converts the last eight lanes to double precision.
static inline __attribute__((always_inline)) processor_double8 processor_widen_high(processor_float16 lanes) {
  return __builtin_convertvector(lanes.hi, processor_double8);
}

/// Rounds two halves to single precision.
static inline __attribute__((always_inline)) processor_float16 processor_narrow(
    processor_double8 low, processor_double8 high) {
  processor_float16 lanes;
  lanes.lo = __builtin_convertvector(low, __typeof__(lanes.lo));
  lanes.hi = __builtin_convertvector(high, __typeof__(lanes.hi));
  return lanes;
}

#endif
