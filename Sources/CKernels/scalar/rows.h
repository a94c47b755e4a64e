// What the row functions share: a row read as doubles, and the logarithm of its sum of
// exponentials.
#ifndef TM_ROWS_H
#define TM_ROWS_H

#include "scalar.h"

static inline double tm_row_at(const void *in, uint8_t type, int64_t i) {
  return type == TM_F32 ? ((const float *)in)[i] : ((const double *)in)[i];
}

static inline void tm_row_put(void *out, uint8_t type, int64_t i, double x) {
  if (type == TM_F32)
    ((float *)out)[i] = (float)x;
  else
    ((double *)out)[i] = x;
}

// The largest element, or 0 where that is infinite or NaN: what may be subtracted before exp.
static inline double tm_row_shift(const void *in, uint8_t type, int64_t at, int64_t columns) {
  double largest = -INFINITY;
  for (int64_t c = 0; c < columns; c++) largest = fmax(largest, tm_row_at(in, type, at + c));
  return isfinite(largest) ? largest : 0;
}

static inline double tm_row_sum_exp(const void *in, uint8_t type, int64_t at, int64_t columns,
                                    double shift) {
  double sum = 0;
  for (int64_t c = 0; c < columns; c++) sum += exp(tm_row_at(in, type, at + c) - shift);
  return sum;
}

#endif
