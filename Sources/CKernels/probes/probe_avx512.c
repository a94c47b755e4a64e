// The probes for AVX-512, and for its dot products of bfloat16 pairs.
#if defined(__x86_64__)
#include <immintrin.h>

#include "../common/kernel.h"
#include "table.h"

#pragma clang attribute push(__attribute__((target("avx512f,avx2,fma"))), apply_to = function)
#define TM_VECTOR_BYTES 64
#define TM_PEAK_SUMS 16
#define TM_FMA __builtin_elementwise_fma
#define TM_STEP(sum, x, y) TM_FMA(x, y, sum)
#include "probes.inc"
#pragma clang attribute pop

// Each lane adds the products of two pairs. A sum grows until 2^-19 is too little to add.
__attribute__((target("avx512f,avx512bf16"))) static void peak_bf16(const tm_frame *frame,
                                                                    const void *arguments) {
  const tm_peak_arguments *peak = arguments;
  const __m512bh x = (__m512bh)_mm512_set1_epi16(0x3f80), y = (__m512bh)_mm512_set1_epi16(0x3580);
  __m512 sum[TM_PEAK_SUMS], total = _mm512_setzero_ps();
  TM_FOR_SUMS sum[s] = _mm512_set1_ps((float)(peak->iterations + s));
  for (int64_t i = 0; i < peak->iterations; i++) {
    TM_FOR_SUMS sum[s] = _mm512_dpbf16_ps(sum[s], x, y);
  }
  TM_FOR_SUMS total += sum[s];
  *(double *)tm_address(frame, peak->out) = total[0];
}

const tm_probe_table tm_avx512_probes = {
    .peak = {{peak_f32, TM_PEAK_FLOPS(float)},
             {peak_f64, TM_PEAK_FLOPS(double)},
             {peak_bf16, 2 * TM_PEAK_FLOPS(float)}},
    .triad = triad,
    .links = links,
};

#endif
