// The kernel tables of this build, one for each instruction set it was compiled for.
#ifndef TM_ISA_H
#define TM_ISA_H

#include "../include/CKernels.h"

extern const tm_kernel_table tm_scalar_table;

#if defined(__x86_64__)
extern const tm_kernel_table tm_avx2_table, tm_avx512_table, tm_avx512_bf16_table;

// Of the table for AVX512-BF16; the other kernels are those for AVX-512.
void tm_pair_gemm_bf16(const tm_frame *frame, const void *arguments);
#elif defined(__aarch64__)
extern const tm_kernel_table tm_neon_table;
#endif

#endif
