// The vector kernels for AVX2 and FMA.
#if defined(__x86_64__)
#include <immintrin.h>

#include "../common/kernel.h"
#include "../vector/sizes.h"
#include "isa.h"

#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#define TM_VECTOR_BYTES 32
#include "../vector/kernels.inc"
#pragma clang attribute pop

const tm_kernel_table tm_avx2_table = {
    .isa = TM_AVX2,
    .name = "avx2",
    .gemm_rows = TM_MR,
#define TM_ENTRY(kernel) .kernel = vector_##kernel,
    TM_KERNELS(TM_ENTRY)
#undef TM_ENTRY
};

#endif
