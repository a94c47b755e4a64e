// See functions.h. Each truth keeps the relative accuracy of its type, except near a root of a
// derivative.
#include "functions.h"

#include <math.h>

#define TM_COMPOSED(T, suffix, s_)                                                            \
  static T rsqrt_##suffix(T x) { return 1 / sqrt##s_(x); }                                    \
  static T sigmoid_##suffix(T x) {                                                            \
    return x < 0 ? exp##s_(x) / (1 + exp##s_(x)) : 1 / (1 + exp##s_(-x));                     \
  }                                                                                           \
  static T softplus_##suffix(T x) { return (x > 0 ? x : 0) + log1p##s_(exp##s_(-fabs##s_(x))); }\
  static T silu_##suffix(T x) { return x == -INFINITY ? -(T)0 : x / (1 + exp##s_(-x)); }      \
  static T silu_derivative_##suffix(T x) {                                                    \
    const T w = sigmoid_##suffix(-fabs##s_(x));                                               \
    const T lower = isinf(x) ? -(T)0 : w * (1 - fabs##s_(x) * (1 - w));                       \
    return x < 0 ? lower : 1 - lower;                                                         \
  }                                                                                           \
  /* What rounding of the argument loses matters far out, by its slope of about 2z. */        \
  static T normal_##suffix(T x) {                                                             \
    const T root = sqrt##s_((T)0.5), z = -x * root, lost = fma##s_(-x, root, -z);             \
    const T rest = fma##s_(-root, root, (T)0.5) / (2 * root) * -x;                            \
    return erfc##s_(z) / 2 * (1 - 2 * fmax##s_(z, 0) * (lost + rest));                        \
  }                                                                                           \
  static T bell_##suffix(T x) {                                                               \
    const T square = x * x, lost = fma##s_(x, x, -square);                                    \
    return exp##s_(-square / 2) * (1 - lost / 2) * (T)0.398942280401432677939946L;            \
  }                                                                                           \
  static T gelu_##suffix(T x) {                                                               \
    return x < -50 ? -(T)0 : x > 50 ? x : x * normal_##suffix(x);                             \
  }                                                                                           \
  static T gelu_derivative_##suffix(T x) {                                                    \
    const T t = fabs##s_(x), density = bell_##suffix(t);                                      \
    const T lower = t > (sizeof x == 8 ? 38 : 39) ? -(T)0 : normal_##suffix(-t) - t * density;\
    return x < 0 ? lower : 1 - lower;                                                         \
  }                                                                                           \
  /* exp of 2 sqrt(2/pi) (x + 0.044715 x^3), with what rounding of the constants loses too. */\
  static T exp_inner_##suffix(T x) {                                                          \
    const T c = (T)1.59576912160573071175978L, k = (T)0.044715L;                              \
    const T s = x * x, ks = k * s, first = c * x, p = 1 + ks, a = first * p;                  \
    const T lost = fma##s_(k, s, -ks) + k * fma##s_(x, x, -s) + (T)5.1174343e-22L * s;        \
    const T rest = ks < 1 ? (1 - p) + ks : (ks - p) + 1;                                      \
    const T low = fma##s_(c, x, -first) + (T)-5.490844e-20L * x;                              \
    return exp##s_(a) * (1 + fma##s_(first, p, -a) + first * (rest + lost) + low * p);        \
  }                                                                                           \
  static T gelu_tanh_##suffix(T x) {                                                          \
    return x < -50 ? -(T)0 : x / (1 + exp_inner_##suffix(-fmin##s_(x, 50)));                  \
  }                                                                                           \
  static T gelu_tanh_derivative_##suffix(T x) {                                               \
    const T t = fmin##s_(fabs##s_(x), sizeof x == 8 ? 20 : 50);                               \
    const T e = exp_inner_##suffix(t), w = 1 / (1 + e);                                       \
    const T slope = (T)1.59576912160573071175978L * t * (1 + 3 * (T)0.044715L * t * t);       \
    const T lower = w * (1 - slope * (e * w));                                                \
    return isnan(x) ? x : x < 0 ? lower : 1 - lower;                                          \
  }

TM_COMPOSED(double, narrow, )
TM_COMPOSED(long double, wide, l)

#define TM_LIBM(f, opcode) {#f, opcode, f, f##l, 0, 0, 0}
#define TM_OURS(f, opcode) {#f, opcode, f##_narrow, f##_wide, 0, 0, 0}
#define TM_ROOTED(f, opcode) {#f, opcode, f##_narrow, f##_wide, -2, 2, 1}

const function functions[] = {
    TM_OURS(rsqrt, TM_RSQRT),     TM_LIBM(exp, TM_EXP),           TM_LIBM(expm1, TM_EXPM1),
    TM_LIBM(log, TM_LOG),         TM_LIBM(log1p, TM_LOG1P),       TM_LIBM(tanh, TM_TANH),
    TM_OURS(sigmoid, TM_SIGMOID), TM_OURS(softplus, TM_SOFTPLUS), TM_LIBM(erf, TM_ERF),
    TM_LIBM(sin, TM_SIN),         TM_LIBM(cos, TM_COS),
    TM_OURS(silu, TM_SILU),       TM_OURS(gelu, TM_GELU),
    TM_OURS(gelu_tanh, TM_GELU_TANH),
    TM_ROOTED(silu_derivative, TM_SILU_DERIVATIVE),
    TM_ROOTED(gelu_derivative, TM_GELU_DERIVATIVE),
    TM_ROOTED(gelu_tanh_derivative, TM_GELU_TANH_DERIVATIVE),
};
const int function_count = sizeof functions / sizeof *functions;
