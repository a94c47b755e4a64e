// The vector kernels for NEON.
#if defined(__aarch64__)

#include "../common/kernel.h"
#include "../vector/sizes.h"
#include "isa.h"

#define TM_VECTOR_BYTES 16
#include "../vector/kernels.inc"

const tm_kernel_table tm_neon_table = {
    .isa = TM_NEON,
    .name = "neon",
    .gemm_rows = TM_MR,
#define TM_ENTRY(kernel) .kernel = vector_##kernel,
    TM_KERNELS(TM_ENTRY)
#undef TM_ENTRY
};

#endif
