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

// In long double, which holds every double and every int64 on the CPUs that there are: quantities of the last place,
// rounded to even. -0 and NaN keep their sign.
static uint16_t to_bf16(long double x) {
  int exponent;
  frexpl(x, &exponent);
  const int last = (exponent > -125 ? exponent : -125) - 8;
  const float value = isfinite(x) ? (float)ldexpl(rintl(ldexpl(x, -last)), last) : (float)x;
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  return (uint16_t)(bits >> 16);
}

static float from_bf16(uint16_t x) {
  const uint32_t bits = (uint32_t)x << 16;
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

static tm_value from_float(double x, uint8_t to) {
  switch (to) {
    case TM_F32: return (tm_value){.f32 = (float)x};
    case TM_F64: return (tm_value){.f64 = x};
    case TM_I32: return (tm_value){.i32 = to_i32(x)};
    case TM_I64: return (tm_value){.i64 = to_i64(x)};
    case TM_BF16: return (tm_value){.bf16 = to_bf16(x)};
    default: return (tm_value){.boolean = x != 0};
  }
}

static tm_value from_integer(int64_t x, uint8_t to) {
  switch (to) {
    case TM_F32: return (tm_value){.f32 = (float)x};
    case TM_F64: return (tm_value){.f64 = (double)x};
    case TM_I32: return (tm_value){.i32 = (int32_t)x};
    case TM_I64: return (tm_value){.i64 = x};
    case TM_BF16: return (tm_value){.bf16 = to_bf16(x)};
    default: return (tm_value){.boolean = x != 0};
  }
}

tm_value tm_scalar_cast(tm_value x, uint8_t from, uint8_t to) {
  switch (from) {
    case TM_F32: return from_float(x.f32, to);
    case TM_F64: return from_float(x.f64, to);
    case TM_I32: return from_integer(x.i32, to);
    case TM_I64: return from_integer(x.i64, to);
    case TM_BF16: return from_float(from_bf16(x.bf16), to);
    default: return from_integer(x.boolean, to);
  }
}
