// The probes for AVX2 and FMA.
#if defined(__x86_64__)

#include "../common/kernel.h"
#include "table.h"

#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#define TM_VECTOR_BYTES 32
#define TM_PEAK_SUMS 12
#define TM_FMA __builtin_elementwise_fma
#define TM_STEP(sum, x, y) TM_FMA(x, y, sum)
#include "probes.inc"
#pragma clang attribute pop

const tm_probe_table tm_avx2_probes = {
    .peak = {{peak_f32, TM_PEAK_FLOPS(float)}, {peak_f64, TM_PEAK_FLOPS(double)}},
    .triad = triad,
    .links = links,
};

#endif
