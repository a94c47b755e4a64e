// The matrix product of bfloat16 for AVX-512 with dot products of its pairs.
#if defined(__x86_64__)
#include <immintrin.h>

#include "../common/kernel.h"
#include "../vector/sizes.h"
#include "isa.h"

#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512vl,avx512dq,avx512bw,avx512bf16,avx2,fma"))), apply_to = function)
#define TM_VECTOR_BYTES 64
#pragma clang diagnostic ignored "-Wunused-function"
#include "../vector/vectors.inc"
#include "../vector/transpose.inc"
#include "../vector/gemm_bf16/call.inc"
#pragma clang attribute pop

#endif
