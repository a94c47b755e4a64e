// Reductions, one element after the other. Floating-point sums and products are taken in the next
// wider type, so that they are the rounded truth.
#include "scalar.h"

// T: the element; W: what it is accumulated in; U: what wraps.
#define TM_REDUCE(T, W, U, lowest, highest)                                               \
  static T reduce_##T(const T *in, int64_t count, int64_t stride, uint8_t reduction) {    \
    W result = reduction == TM_SUM       ? 0                                              \
               : reduction == TM_PRODUCT ? 1                                              \
               : reduction == TM_REDUCE_MAX ? lowest                                      \
                                            : highest;                                    \
    for (int64_t r = 0; r < count; r++) {                                                 \
      const W x = (W)in[r * stride];                                                      \
      switch (reduction) {                                                                \
        case TM_SUM: result = (W)((U)result + (U)x); break;                               \
        case TM_PRODUCT: result = (W)((U)result * (U)x); break;                           \
        case TM_REDUCE_MAX: result = x > result || x != x ? x : result; break;            \
        default: result = x < result || x != x ? x : result; break;                       \
      }                                                                                   \
    }                                                                                     \
    return (T)result;                                                                     \
  }

TM_REDUCE(float, double, double, -INFINITY, INFINITY)
TM_REDUCE(double, long double, long double, -INFINITY, INFINITY)
TM_REDUCE(int32_t, int32_t, uint32_t, INT32_MIN, INT32_MAX)
TM_REDUCE(int64_t, int64_t, uint64_t, INT64_MIN, INT64_MAX)

#define TM_ROWS(T)                                                                           \
  for (int64_t o = g->outer_begin; o < g->outer_end; o++)                                    \
    for (int64_t i = g->inner_begin; i < g->inner_end; i++)                                  \
      ((T *)out)[o * g->inner + i] =                                                         \
          reduce_##T((const T *)in + o * g->count * g->inner + i, g->count, g->inner, g->reduction)

void tm_scalar_reduce(const tm_frame *frame, const void *arguments) {
  const tm_reduce_arguments *g = arguments;
  const void *in = tm_address(frame, g->in);
  void *out = tm_address(frame, g->out);
  switch (g->type) {
    case TM_F32: TM_ROWS(float); break;
    case TM_F64: TM_ROWS(double); break;
    case TM_I32: TM_ROWS(int32_t); break;
    default: TM_ROWS(int64_t); break;
  }
}
