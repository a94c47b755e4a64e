// Every float32 through every function and instruction set of this CPU, against double; samples of
// float64 against long double. Prints the worst error in ulps, where it is, and the time.
//
//   sweep [--stride N] [--only FUNCTION] [--type f32|f64]     each N-th float (1: all of them)
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "functions.h"

enum { COUNT = 4096 };

// The worst of one function, type and instruction set.
typedef struct worst {
  double ulps, at;
} worst;

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

// SplitMix64: Steele, Lea, Flood, 2014.
static uint64_t random_bits(void) {
  static uint64_t state = 1;
  uint64_t z = state += 0x9E3779B97F4A7C15u;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return z ^ (z >> 31);
}

// Runs one opcode over COUNT elements.
static void apply(const tm_kernel_table *table, int opcode, tm_dtype type, void *in, void *out) {
  static _Alignas(64) char workspace[1 << 16];
  void *bases[] = {in, out};
  tm_failure failure = {0};
  const tm_frame frame = {.bases = bases, .workspace = workspace, .failure = &failure};
  const tm_operand x = {.kind = TM_LINEAR, .type = (uint8_t)type};
  const tm_operand y = {.kind = TM_LINEAR, .type = (uint8_t)type, .ref.slot = 1, .reg = 1};
  const tm_instruction code = {.opcode = (uint8_t)opcode, .type = (uint8_t)type,
                               .from = (uint8_t)type, .result = 1};
  const tm_elementwise_arguments e = {
      .inputs = &x, .outputs = &y, .code = &code, .dims = {COUNT}, .end = COUNT, .input_count = 1,
      .output_count = 1, .instruction_count = 1, .register_count = 2, .rank = 1};
  table->elementwise(&frame, &e);
}

// As frexp and ldexp, in a few instructions; a double's subnormal numbers and 0 are given the least exponent.
static inline int exponent_of(double x) {
  uint64_t bits;
  memcpy(&bits, &x, sizeof bits);
  return (int)(bits >> 52 & 0x7FF) - 1022;
}

static inline double power_of_two(int exponent) {
  const uint64_t bits = (uint64_t)(exponent + 1023) << 52;
  double x;
  memcpy(&x, &bits, sizeof x);
  return x;
}

// The distance in units of `type`'s last place at the truth. A zero must have its sign, an overflow
// may be one step from the largest number, and nothing else differ where either is not finite.
static double distance(const function *f, tm_dtype type, double x, double y, long double truth) {
  const double rounded = type == TM_F32 ? (double)(float)truth : (double)truth;
  if (isnan(y) || isnan(rounded)) return isnan(y) && isnan(rounded) ? 0 : INFINITY;
  if (y == 0 && truth == 0) return signbit(y) == signbit(truth) ? 0 : INFINITY;
  const int digits = type == TM_F32 ? 24 : 53, least = type == TM_F32 ? -149 : -1074;
  const double most = type == TM_F32 ? 0x1.fffffep127 : 0x1.fffffffffffffp1023;
  if (isinf(y) || isinf(rounded)) {
    const int near = fabs(y) >= most && fabsl(truth) >= most && signbit(y) == signbit(truth);
    return y == rounded ? 0 : near ? 1 : INFINITY;
  }
  int exponent = exponent_of(x > f->low && x < f->high ? fmax(fabs(rounded), f->magnitude) : rounded);
  if (exponent - digits < least) exponent = least + digits;
  // Of float32 both are doubles, and the scale is one.
  if (type == TM_F32) return fabs(y - (double)truth) * power_of_two(digits - exponent);
  return (double)fabsl(ldexpl((long double)y - truth, digits - exponent));
}

// The oracle is none of those that are held, and AVX512-BF16 has the functions of AVX-512.
static bool has_own_functions(const tm_kernel_table *table) {
  return table->isa != TM_SCALAR && table->isa != TM_AVX512_BF16;
}

static void hold(const function *f, tm_dtype type, const void *in, const long double *truth,
                 worst *results) {
  static _Alignas(64) double out[COUNT];
  for (int isa = 0; isa < TM_ISA_COUNT; isa++) {
    const tm_kernel_table *table = tm_kernels((tm_isa)isa);
    if (!table || !has_own_functions(table)) continue;
    apply(table, f->opcode, type, (void *)in, out);
    for (int i = 0; i < COUNT; i++) {
      const double x = type == TM_F32 ? ((const float *)in)[i] : ((const double *)in)[i];
      const double y = type == TM_F32 ? ((float *)out)[i] : out[i];
      const double error = distance(f, type, x, y, truth[i]);
      if (error > results[isa].ulps) results[isa] = (worst){error, x};
    }
  }
}

// Nanoseconds for an element of what networks use, -4 ... 4 (0 ... 4 for logarithms): the best of
// some rounds.
static double time_of(const function *f, tm_dtype type, const tm_kernel_table *table) {
  static _Alignas(64) double in[COUNT], out[COUNT];
  const bool positive = f->opcode == TM_LOG || f->opcode == TM_RSQRT;
  for (int i = 0; i < COUNT; i++) {
    const double x = (double)random_bits() * (positive ? 0x1p-62 : 0x1p-61) - (positive ? 0 : 4);
    if (type == TM_F32)
      ((float *)in)[i] = (float)x;
    else
      in[i] = x;
  }
  double best = INFINITY;
  for (int round = 0; round < 200; round++) {
    const double start = now();
    apply(table, f->opcode, type, in, out);
    best = fmin(best, now() - start);
  }
  return best / COUNT;
}

static void print(const function *f, tm_dtype type, const worst *results) {
  for (int isa = 0; isa < TM_ISA_COUNT; isa++) {
    const tm_kernel_table *table = tm_kernels((tm_isa)isa);
    if (!table || !has_own_functions(table)) continue;
    printf("%-20s %-4s %-8s %8.3f ulp at %-24.17g %7.3f ns\n", f->name,
           type == TM_F32 ? "f32" : "f64", table->name, results[isa].ulps, results[isa].at,
           time_of(f, type, table));
  }
  fflush(stdout);
}

static void sweep_f32(const function *f, uint64_t stride) {
  static _Alignas(64) float in[COUNT];
  static long double truth[COUNT];
  worst results[TM_ISA_COUNT] = {0};
  uint64_t bits = 0;
  while (bits >> 32 == 0) {
    for (int i = 0; i < COUNT; i++, bits += stride) {
      const uint32_t word = (uint32_t)bits;  // the last block goes on from the start
      memcpy(&in[i], &word, sizeof word);
      truth[i] = f->narrow(in[i]);
    }
    hold(f, TM_F32, in, truth, results);
  }
  print(f, TM_F32, results);
}

// A third of the numbers has any bits, a third lies in -40 ... 40, a third in 2^-20 ... 2^20.
static double random_double(void) {
  const uint64_t bits = random_bits(), kind = random_bits() % 3;
  double x;
  memcpy(&x, &bits, sizeof x);
  const double fraction = (double)(int64_t)bits * 0x1p-63;
  if (kind == 1) x = 40 * fraction;
  if (kind == 2) x = copysign(exp2(40 * fabs(fraction) - 20), fraction);
  return x;
}

static void sample_f64(const function *f, uint64_t count) {
  static _Alignas(64) double in[COUNT];
  static long double truth[COUNT];
  worst results[TM_ISA_COUNT] = {0};
  for (uint64_t done = 0; done < count; done += COUNT) {
    for (int i = 0; i < COUNT; i++) truth[i] = f->wide(in[i] = random_double());
    hold(f, TM_F64, in, truth, results);
  }
  print(f, TM_F64, results);
}

int main(int count, char **words) {
  uint64_t stride = 1;
  const char *only = NULL, *type = "";
  for (int i = 1; i + 1 < count; i += 2) {
    if (!strcmp(words[i], "--stride")) stride = strtoull(words[i + 1], NULL, 10);
    if (!strcmp(words[i], "--only")) only = words[i + 1];
    if (!strcmp(words[i], "--type")) type = words[i + 1];
  }
  if (stride == 0 || count % 2 == 0) {
    fprintf(stderr, "usage: sweep [--stride N] [--only FUNCTION] [--type f32|f64], N at least 1\n");
    return 2;
  }
  for (int i = 0; i < function_count; i++) {
    if (only && strcmp(only, functions[i].name)) continue;
    if (strcmp(type, "f64")) sweep_f32(&functions[i], stride);
    if (strcmp(type, "f32")) sample_f64(&functions[i], (UINT64_C(1) << 30) / stride);
  }
  return 0;
}
