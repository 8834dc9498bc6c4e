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

#endif
