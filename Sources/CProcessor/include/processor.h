#ifndef FEDLUA_PROCESSOR_H
#define FEDLUA_PROCESSOR_H

#include <stdbool.h>

/// Returns the x86-64 level that the processor and the operating system support: 4, 3 or 1; 0 elsewhere.
int processor_x86_level(void);

/// Makes the calling thread read and write subnormal floats as zero, or ends that.
void processor_flush_subnormals(bool flush);

#endif
