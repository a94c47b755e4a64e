// The vector kernels for AVX-512 F, VL, DQ and BW.
#if defined(__x86_64__)
#include <immintrin.h>

#include "../common/kernel.h"
#include "../vector/sizes.h"
#include "isa.h"

#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512vl,avx512dq,avx512bw,avx2,fma"))), apply_to = function)
#define TM_VECTOR_BYTES 64
#include "../vector/kernels.inc"
#pragma clang attribute pop

const tm_epilogue_functions tm_avx512_epilogue = {start_epilogue_of, next_batch, run_epilogue};

const tm_kernel_table tm_avx512_table = {
    .isa = TM_AVX512,
    .name = "avx512",
    .gemm_rows = TM_MR,
#define TM_ENTRY(kernel) .kernel = vector_##kernel,
    TM_KERNELS(TM_ENTRY)
#undef TM_ENTRY
};

// The same kernels, but the product of bfloat16.
const tm_kernel_table tm_avx512_bf16_table = {
    .isa = TM_AVX512_BF16,
    .name = "avx512bf16",
    .gemm_rows = TM_MR,
#define vector_gemm_bf16 tm_pair_gemm_bf16
#define TM_ENTRY(kernel) .kernel = vector_##kernel,
    TM_KERNELS(TM_ENTRY)
#undef TM_ENTRY
#undef vector_gemm_bf16
};

#endif
