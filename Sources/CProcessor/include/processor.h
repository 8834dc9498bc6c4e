#ifndef FEDLUA_PROCESSOR_H
#define FEDLUA_PROCESSOR_H

/// Returns the x86-64 level that the processor and the operating system support: 4, 3 or 1; 0 elsewhere.
int processor_x86_level(void);

#endif
