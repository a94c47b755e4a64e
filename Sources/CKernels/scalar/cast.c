// Conversions between the element types, one element.
#include "value.h"

static int32_t to_i32(double x) {
  if (isnan(x)) return 0;
  if (x >= 0x1p31) return INT32_MAX;
  if (x < -0x1p31) return INT32_MIN;
  return (int32_t)x;
}

static int64_t to_i64(double x) {
  if (isnan(x)) return 0;
  if (x >= 0x1p63) return INT64_MAX;
  if (x < -0x1p63) return INT64_MIN;
  return (int64_t)x;
}

static tm_value from_float(double x, uint8_t to) {
  switch (to) {
    case TM_F32: return (tm_value){.f32 = (float)x};
    case TM_F64: return (tm_value){.f64 = x};
    case TM_I32: return (tm_value){.i32 = to_i32(x)};
    case TM_I64: return (tm_value){.i64 = to_i64(x)};
    default: return (tm_value){.boolean = x != 0};
  }
}

static tm_value from_integer(int64_t x, uint8_t to) {
  switch (to) {
    case TM_F32: return (tm_value){.f32 = (float)x};
    case TM_F64: return (tm_value){.f64 = (double)x};
    case TM_I32: return (tm_value){.i32 = (int32_t)x};
    case TM_I64: return (tm_value){.i64 = x};
    default: return (tm_value){.boolean = x != 0};
  }
}

tm_value tm_scalar_cast(tm_value x, uint8_t from, uint8_t to) {
  switch (from) {
    case TM_F32: return from_float(x.f32, to);
    case TM_F64: return from_float(x.f64, to);
    case TM_I32: return from_integer(x.i32, to);
    case TM_I64: return from_integer(x.i64, to);
    default: return from_integer(x.boolean, to);
  }
}
