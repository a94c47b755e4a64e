// The table of the scalar kernels.
#include "../isa/isa.h"
#include "scalar.h"

const tm_kernel_table tm_scalar_table = {
    .isa = TM_SCALAR,
    .name = "scalar",
    .gemm_rows = 1,
#define TM_ENTRY(kernel) .kernel = tm_scalar_##kernel,
    TM_KERNELS(TM_ENTRY)
#undef TM_ENTRY
};
