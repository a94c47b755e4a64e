// The probes in plain C, in the vectors that every CPU of this kind has.
#include "../common/kernel.h"
#include "table.h"

#define TM_VECTOR_BYTES 16
#define TM_PEAK_SUMS 12
#define TM_FMA(x, y, z) ((x) * (y) + (z))
// Not x * y + sum, whose product is the same in each iteration.
#define TM_STEP(sum, x, y) TM_FMA(sum, x, y)
#include "probes.inc"

const tm_probe_table tm_scalar_probes = {
    .peak = {{peak_f32, TM_PEAK_FLOPS(float)}, {peak_f64, TM_PEAK_FLOPS(double)}},
    .triad = triad,
    .links = links,
};
