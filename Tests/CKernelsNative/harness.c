// See harness.h.
#include "harness.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

long passed, failed;

static uint64_t state;

void seed_random(uint64_t seed) { state = seed; }

// SplitMix64: Steele, Lea, Flood, 2014.
uint64_t next_random(void) {
  uint64_t z = state += 0x9E3779B97F4A7C15u;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return z ^ (z >> 31);
}

int64_t random_below(int64_t n) { return n <= 0 ? 0 : (int64_t)(next_random() % (uint64_t)n); }

double random_in(double low, double high) {
  return low + (high - low) * (double)(next_random() >> 11) * 0x1p-53;
}

int64_t random_extent(int64_t most) {
  static const int64_t edges[] = {4, 6, 8, 12, 14, 16, 28, 32, 64, 128, 256, 336, 512};
  const int64_t choice = random_below(4);
  if (choice == 0) return random_below(4);
  int64_t n = random_below(most + 1);
  if (choice < 3) n = edges[random_below(sizeof edges / sizeof *edges)] + random_below(3) - 1;
  return n < most ? n : most;
}

tm_gemm_blocks random_blocks(void) {
  if (random_below(2)) return (tm_gemm_blocks){.depth_bytes = 2048, .rows = 336, .columns = 2048};
  return (tm_gemm_blocks){
      .depth_bytes = 256 * (int32_t)(1 + random_below(8)),
      .rows = 1 + (int32_t)random_below(random_below(2) ? 60 : 160),
      .columns = 32 * (int32_t)(1 + random_below(3)),
  };
}

test_case new_case(const char *format, ...) {
  test_case c = {.seed = next_random(), .step = next_random()};
  va_list list;
  va_start(list, format);
  vsnprintf(c.name, sizeof c.name, format, list);
  va_end(list);
  return c;
}

static void *exact_memory(size_t bytes) {
  void *p = malloc(bytes ? bytes : 1);
  if (!p) abort();
  return p;
}

static uint16_t upper_half(float x) {
  uint32_t bits;
  memcpy(&bits, &x, sizeof bits);
  return (uint16_t)(bits >> 16);
}

tm_ref add_slot(test_case *c, tm_dtype type, size_t count, double low, double high) {
  slot *s = &c->slots[c->slot_count];
  *s = (slot){exact_memory(count * tm_size_of(type)), count, type, {0, 0}};
  for (size_t i = 0; i < count; i++) {
    const double x = random_in(low, high);
    switch (type) {
      case TM_F32: ((float *)s->memory)[i] = (float)x; break;
      case TM_F64: ((double *)s->memory)[i] = x; break;
      case TM_I32: ((int32_t *)s->memory)[i] = (int32_t)lrint(x); break;
      case TM_I64: ((int64_t *)s->memory)[i] = lrint(x); break;
      case TM_BF16: ((uint16_t *)s->memory)[i] = upper_half((float)x); break;
      default: ((uint8_t *)s->memory)[i] = next_random() & 1; break;
    }
  }
  return (tm_ref){.offset = 0, .slot = (uint32_t)c->slot_count++};
}

tm_ref add_output(test_case *c, tm_dtype type, size_t count, tolerance allowed) {
  const tm_ref ref = add_slot(c, type, count, -3, 3);  // what must be overwritten, or kept
  c->slots[ref.slot].allowed = allowed;
  return ref;
}

static double element(const slot *s, const void *memory, size_t i) {
  return s->type == TM_F32 ? ((const float *)memory)[i] : ((const double *)memory)[i];
}

static double ulp_of(tm_dtype type, double x) {
  if (type == TM_F64) return nextafter(fabs(x), INFINITY) - fabs(x);
  return (double)nextafterf(fabsf((float)x), INFINITY) - fabs((double)(float)x);
}

// The first element that differs too much, or -1.
static long first_difference(const slot *s, const void *got, const void *wanted) {
  const size_t size = tm_size_of(s->type);
  for (size_t i = 0; i < s->count; i++) {
    if (!memcmp((const char *)got + i * size, (const char *)wanted + i * size, size)) continue;
    if (s->type != TM_F32 && s->type != TM_F64) return (long)i;
    const double x = element(s, got, i), y = element(s, wanted, i);
    if (isnan(x) && isnan(y)) continue;
    if (!isfinite(x) || !isfinite(y)) return (long)i;
    const double bound = s->allowed.ulps * ulp_of(s->type, y) + s->allowed.absolute;
    if (bound == 0 || !(fabs(x - y) <= bound)) return (long)i;
  }
  return -1;
}

typedef struct run {
  void *bases[MAX_SLOTS];
  tm_failure failure;
} run;

static run run_case(const test_case *c, const tm_kernel_table *table, size_t kernel,
                    const void *arguments) {
  run r = {.failure = {0}};
  for (int i = 0; i < c->slot_count; i++) {
    const size_t bytes = c->slots[i].count * tm_size_of(c->slots[i].type);
    r.bases[i] = exact_memory(bytes);
    memcpy(r.bases[i], c->slots[i].memory, bytes);
  }
  void *workspace = NULL;
  if (posix_memalign(&workspace, 64, c->workspace ? c->workspace : 1)) abort();
  memset(workspace, 0xff, c->workspace);  // NaN, to be seen where it is used unwritten
  const tm_frame frame = {r.bases, workspace, &r.failure, c->seed, c->step};
  tm_kernel function;
  memcpy(&function, (const char *)table + kernel, sizeof function);
  function(&frame, arguments);
  free(workspace);
  return r;
}

void check_case(test_case *c, const tm_kernel_table *table, size_t kernel, const void *arguments) {
  run got = run_case(c, table, kernel, arguments);
  run wanted = run_case(c, tm_kernels(TM_SCALAR), kernel, arguments);
  bool good = !memcmp(&got.failure, &wanted.failure, sizeof got.failure);
  if (!good) printf("%s %s: failures differ\n", table->name, c->name);
  for (int i = 0; i < c->slot_count; i++) {
    const slot *s = &c->slots[i];
    const long at = first_difference(s, got.bases[i], wanted.bases[i]);
    if (at >= 0) {
      good = false;
      printf("%s %s: slot %d element %ld of %zu", table->name, c->name, i, at, s->count);
      if (s->type == TM_F32 || s->type == TM_F64)
        printf(": %.17g, not %.17g", element(s, got.bases[i], (size_t)at),
               element(s, wanted.bases[i], (size_t)at));
      printf("\n");
    }
    free(got.bases[i]);
    free(wanted.bases[i]);
    free(s->memory);
  }
  if (good)
    passed++;
  else
    failed++;
}
