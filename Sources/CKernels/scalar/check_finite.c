// The first element that is NaN or infinite.
#include "scalar.h"

void tm_scalar_check_finite(const tm_frame *frame, const void *arguments) {
  const tm_check_finite_arguments *g = arguments;
  const void *in = tm_address(frame, g->in);
  for (int64_t i = 0; i < g->count; i++) {
    const double x = g->type == TM_F32 ? ((const float *)in)[i] : ((const double *)in)[i];
    if (!isfinite(x)) {
      tm_fail(frame, TM_NOT_FINITE, g->call, i, 0, 0);
      return;
    }
  }
}
