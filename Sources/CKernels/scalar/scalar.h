// The oracle: every kernel in the plainest way, one element after the other.
#ifndef TM_SCALAR_H
#define TM_SCALAR_H

#include "../common/kernel.h"

#define TM_DECLARE(kernel) void tm_scalar_##kernel(const tm_frame *frame, const void *arguments);
TM_KERNELS(TM_DECLARE)
#undef TM_DECLARE

#endif
