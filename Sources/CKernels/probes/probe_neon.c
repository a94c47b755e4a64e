// The probes for NEON.
#if defined(__aarch64__)

#include "../common/kernel.h"
#include "table.h"

#define TM_VECTOR_BYTES 16
#define TM_PEAK_SUMS 16
#define TM_FMA __builtin_elementwise_fma
#define TM_STEP(sum, x, y) TM_FMA(x, y, sum)
#include "probes.inc"

const tm_probe_table tm_neon_probes = {
    .peak = {{peak_f32, TM_PEAK_FLOPS(float)}, {peak_f64, TM_PEAK_FLOPS(double)}},
    .triad = triad,
    .links = links,
};

#endif
