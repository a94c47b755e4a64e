// The kernel tables of this build, one for each instruction set it was compiled for.
#ifndef TM_ISA_H
#define TM_ISA_H

#include "../include/CKernels.h"

extern const tm_kernel_table tm_scalar_table;

#if defined(__x86_64__)
extern const tm_kernel_table tm_avx2_table, tm_avx512_table;
#elif defined(__aarch64__)
extern const tm_kernel_table tm_neon_table;
#endif

#endif
