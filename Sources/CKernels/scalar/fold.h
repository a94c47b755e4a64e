// Reductions, one element after the other. Floating-point sums and products are taken in the next wider type, so that they
// are the rounded truth.
#ifndef TM_FOLD_H
#define TM_FOLD_H

#include "value.h"

// What elements of each type are accumulated in.
typedef union tm_folded {
  double f32;
  long double f64;
  int32_t i32;
  int64_t i64;
} tm_folded;

#define TM_FIRST(reduction, lowest, highest) \
  ((reduction) == TM_SUM ? 0 : (reduction) == TM_PRODUCT ? 1 : (reduction) == TM_REDUCE_MAX ? (lowest) : (highest))

static inline tm_folded tm_fold_start(uint8_t type, uint8_t reduction) {
  switch (type) {
    case TM_F32: return (tm_folded){.f32 = TM_FIRST(reduction, -INFINITY, INFINITY)};
    case TM_F64: return (tm_folded){.f64 = TM_FIRST(reduction, -INFINITY, INFINITY)};
    case TM_I32: return (tm_folded){.i32 = TM_FIRST(reduction, INT32_MIN, INT32_MAX)};
    default: return (tm_folded){.i64 = TM_FIRST(reduction, INT64_MIN, INT64_MAX)};
  }
}
#undef TM_FIRST

// U: what wraps.
#define TM_STEP(T, U, result, x, reduction)                                       \
  ((reduction) == TM_SUM          ? (T)((U)(result) + (U)(x))                     \
   : (reduction) == TM_PRODUCT    ? (T)((U)(result) * (U)(x))                     \
   : (reduction) == TM_REDUCE_MAX ? ((x) > (result) || (x) != (x) ? (x) : (result)) \
                                  : ((x) < (result) || (x) != (x) ? (x) : (result)))

static inline void tm_fold_add(tm_folded *f, uint8_t type, uint8_t reduction, tm_value x) {
  switch (type) {
    case TM_F32: f->f32 = TM_STEP(double, double, f->f32, (double)x.f32, reduction); break;
    case TM_F64:
      f->f64 = TM_STEP(long double, long double, f->f64, (long double)x.f64, reduction);
      break;
    case TM_I32: f->i32 = TM_STEP(int32_t, uint32_t, f->i32, x.i32, reduction); break;
    default: f->i64 = TM_STEP(int64_t, uint64_t, f->i64, x.i64, reduction); break;
  }
}
#undef TM_STEP

static inline tm_value tm_fold_result(tm_folded f, uint8_t type) {
  switch (type) {
    case TM_F32: return (tm_value){.f32 = (float)f.f32};
    case TM_F64: return (tm_value){.f64 = (double)f.f64};
    case TM_I32: return (tm_value){.i32 = f.i32};
    default: return (tm_value){.i64 = f.i64};
  }
}

#endif
