// One instruction of a tile program, one element. Functions of f32 are taken from libm in double,
// so that they are the rounded truth; functions of f64 are libm's.
#include "value.h"

// Of x < 0; those above follow from it. In long double, which keeps the digits that exp and erfc of
// a rounded argument lose where the result is small.
static double gated(uint8_t opcode, double x) {
  const long double t = fmin(-x, 1000), root = 0.707106781186547524400844L;
  const long double inner = 1.59576912160573071175978L * t, cube = 0.044715L * t * t;
  const bool silu = opcode == TM_SILU || opcode == TM_SILU_DERIVATIVE;
  const long double e = expl(silu ? t : inner * (1 + cube));
  const long double slope = silu ? t : inner * (1 + 3 * cube);
  switch (opcode) {
    case TM_GELU: return (double)(-t * erfcl(t * root) / 2);
    case TM_GELU_DERIVATIVE:  // -0 where both are 0
      return (double)-(t * expl(-t * t / 2) * 0.398942280401432677939946L - erfcl(t * root) / 2);
    case TM_SILU: case TM_GELU_TANH: return (double)(-t / (1 + e));
    default: return (double)((1 - slope / (1 + 1 / e)) / (1 + e));
  }
}

static double function(uint8_t opcode, double x, double y) {
  switch (opcode) {
    case TM_SQRT: return sqrt(x);
    case TM_RSQRT: return 1 / sqrt(x);
    case TM_EXP: return exp(x);
    case TM_EXPM1: return expm1(x);
    case TM_LOG: return log(x);
    case TM_LOG1P: return log1p(x);
    case TM_POW: return pow(x, y);
    case TM_TANH: return tanh(x);
    case TM_SIGMOID: return x < 0 ? exp(x) / (1 + exp(x)) : 1 / (1 + exp(-x));
    case TM_SOFTPLUS: return (x > 0 ? x : 0) + log1p(exp(-fabs(x)));
    case TM_ERF: return erf(x);
    case TM_SIN: return sin(x);
    case TM_COS: return cos(x);
    case TM_SILU: case TM_GELU: case TM_GELU_TANH:
      return x != x ? x : x <= 0 ? gated(opcode, x) : x + gated(opcode, -x);
    case TM_SILU_DERIVATIVE: case TM_GELU_DERIVATIVE: case TM_GELU_TANH_DERIVATIVE:
      return x != x ? x : x < 0 ? gated(opcode, x) : 1 - gated(opcode, -x);
    case TM_FLOOR: return floor(x);
    default: return __builtin_roundeven(x);  // TM_ROUND
  }
}

// Addition, subtraction, multiplication, maximum, ... of two of one type, where `W` wraps.
#define TM_ARITHMETIC(opcode, T, W, x, y, otherwise)                        \
  switch (opcode) {                                                         \
    case TM_COPY: return x;                                                 \
    case TM_ADD: return (T)((W)x + (W)y);                                   \
    case TM_SUB: return (T)((W)x - (W)y);                                   \
    case TM_MUL: return (T)((W)x * (W)y);                                   \
    case TM_MAX: return x > y || x != x ? x : y;                            \
    case TM_MIN: return x < y || x != x ? x : y;                            \
    case TM_NEG: return (T)(-(W)x);                                         \
    case TM_SIGN: return x != x ? x : (T)((x > 0) - (x < 0));               \
    default: return otherwise;                                              \
  }

static float evaluate_f32(uint8_t opcode, float x, float y, float z) {
  if (opcode == TM_ABS) return fabsf(x);
  if (opcode == TM_DIV) return x / y;
  if (opcode == TM_FMA) return fmaf(x, y, z);
  TM_ARITHMETIC(opcode, float, float, x, y, (float)function(opcode, x, y))
}

static double evaluate_f64(uint8_t opcode, double x, double y, double z) {
  if (opcode == TM_ABS) return fabs(x);
  if (opcode == TM_DIV) return x / y;
  if (opcode == TM_FMA) return fma(x, y, z);
  TM_ARITHMETIC(opcode, double, double, x, y, function(opcode, x, y))
}

static int64_t evaluate_i64(uint8_t opcode, int64_t x, int64_t y) {
  if (opcode == TM_ABS) return x < 0 ? (int64_t)(0 - (uint64_t)x) : x;
  if (opcode == TM_DIV) return y == 0 ? 0 : y == -1 ? (int64_t)(0 - (uint64_t)x) : x / y;
  TM_ARITHMETIC(opcode, int64_t, uint64_t, x, y, 0)
}

static uint8_t evaluate_bool(uint8_t opcode, uint8_t x, uint8_t y) {
  switch (opcode) {
    case TM_AND: case TM_MIN: return x & y;
    case TM_OR: case TM_MAX: return x | y;
    case TM_NOT: return !x;
    default: return x;  // TM_COPY
  }
}

#define TM_COMPARE(opcode, x, y)       \
  switch (opcode) {                    \
    case TM_EQ: return x == y;         \
    case TM_NE: return x != y;         \
    case TM_LT: return x < y;          \
    case TM_LE: return x <= y;         \
    case TM_GT: return x > y;          \
    default: return x >= y;            \
  }

static bool compare_float(uint8_t opcode, double x, double y) { TM_COMPARE(opcode, x, y) }
static bool compare_integer(uint8_t opcode, int64_t x, int64_t y) { TM_COMPARE(opcode, x, y) }

static bool compare(uint8_t opcode, uint8_t type, tm_value x, tm_value y) {
  switch (type) {
    case TM_F32: return compare_float(opcode, x.f32, y.f32);
    case TM_F64: return compare_float(opcode, x.f64, y.f64);
    case TM_I32: return compare_integer(opcode, x.i32, y.i32);
    case TM_I64: return compare_integer(opcode, x.i64, y.i64);
    default: return compare_integer(opcode, x.boolean, y.boolean);
  }
}

tm_value tm_scalar_evaluate(const tm_frame *frame, const tm_instruction *code, int64_t index,
                            tm_value x, tm_value y, tm_value z) {
  const uint8_t opcode = code->opcode, type = code->type;
  switch (opcode) {
    case TM_CAST:
      return tm_scalar_cast(x, code->from, type);
    case TM_EQ: case TM_NE: case TM_LT: case TM_LE: case TM_GT: case TM_GE:
      return (tm_value){.boolean = compare(opcode, code->from, x, y)};
    case TM_SELECT:
      return x.boolean ? y : z;
    case TM_IOTA: {
      const int64_t position = index / code->parameter[0] % code->parameter[1];
      return tm_scalar_cast((tm_value){.i64 = position}, TM_I64, type);
    }
    case TM_UNIFORM: {
      const double u = tm_uniform(frame->seed, frame->step, (uint32_t)code->parameter[0],
                                  (uint64_t)index, (tm_dtype)type);
      return tm_scalar_cast((tm_value){.f64 = u}, TM_F64, type);
    }
    default:
      break;
  }
  switch (type) {
    case TM_F32: return (tm_value){.f32 = evaluate_f32(opcode, x.f32, y.f32, z.f32)};
    case TM_F64: return (tm_value){.f64 = evaluate_f64(opcode, x.f64, y.f64, z.f64)};
    case TM_I32: return (tm_value){.i32 = (int32_t)evaluate_i64(opcode, x.i32, y.i32)};
    case TM_I64: return (tm_value){.i64 = evaluate_i64(opcode, x.i64, y.i64)};
    case TM_BF16: return x;  // TM_COPY
    default: return (tm_value){.boolean = evaluate_bool(opcode, x.boolean, y.boolean)};
  }
}
