// The position of the largest element of each row, by comparing one after the other.
#include "scalar.h"

#define TM_ARGMAX(T)                                                        \
  static int32_t argmax_##T(const T *row, int64_t columns) {                \
    int64_t best = 0;                                                       \
    for (int64_t c = 1; c < columns; c++) {                                 \
      if (row[best] != row[best]) break;                                    \
      if (row[c] > row[best] || row[c] != row[c]) best = c;                 \
    }                                                                       \
    return (int32_t)best;                                                   \
  }

TM_ARGMAX(float)
TM_ARGMAX(double)
TM_ARGMAX(int32_t)
TM_ARGMAX(int64_t)
TM_ARGMAX(uint8_t)

void tm_scalar_argmax(const tm_frame *frame, const void *arguments) {
  const tm_argmax_arguments *g = arguments;
  const void *in = tm_address(frame, g->in);
  int32_t *out = tm_address(frame, g->out);
  for (int64_t r = g->row_begin; r < g->row_end; r++) {
    const int64_t at = r * g->columns;
    switch (g->type) {
      case TM_F32: out[r] = argmax_float((const float *)in + at, g->columns); break;
      case TM_F64: out[r] = argmax_double((const double *)in + at, g->columns); break;
      case TM_I32: out[r] = argmax_int32_t((const int32_t *)in + at, g->columns); break;
      case TM_I64: out[r] = argmax_int64_t((const int64_t *)in + at, g->columns); break;
      default: out[r] = argmax_uint8_t((const uint8_t *)in + at, g->columns); break;
    }
  }
}
