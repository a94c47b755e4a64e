// Times cblas_sgemm and cblas_dgemm of a BLAS library, which is loaded by its path.
//
//   blas_peer LIBRARY SGEMM DGEMM lp64|ilp64
//
// SGEMM and DGEMM are the names of its functions. Writes "ready". Then for each line "gemm TYPE transA transB M N K" on
// standard input, row-major, it writes the seconds of a call, the best and the median; or "none" for a type other than f32
// and f64.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { row_major = 101, plain = 111, transposed = 112, most_repetitions = 30 };

// A function of BLAS for an element and an index.
#define GEMM(name, element, index)                                                                             \
  typedef void (*name)(int, int, int, index, index, index, element, const element *, index, const element *, \
                       index, element, element *, index)
GEMM(sgemm_32, float, int32_t);
GEMM(sgemm_64, float, int64_t);
GEMM(dgemm_32, double, int32_t);
GEMM(dgemm_64, double, int64_t);

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int by_size(const void *a, const void *b) {
  const double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static void *matrix(int64_t rows, int64_t columns, bool is_double) {
  const size_t count = (size_t)(rows * columns), size = is_double ? sizeof(double) : sizeof(float);
  void *numbers = aligned_alloc(64, (count * size + 63) / 64 * 64);
  if (!numbers) exit(3);
  uint32_t state = 12345;
  for (size_t i = 0; i < count; i++) {
    state = state * 1664525u + 1013904223u;
    const float number = (float)(state >> 8) * 0x1p-23f - 1;
    if (is_double)
      ((double *)numbers)[i] = number;
    else
      ((float *)numbers)[i] = number;
  }
  return numbers;
}

typedef struct product {
  void *function;
  bool is_double, is_wide;  // its elements, and its indices
  int ta, tb;
  int64_t m, n, k, lda, ldb;
  void *a, *b, *c;
} product;

static void multiply(const product *p) {
#define CALL(name, index)                                                                                          \
  ((name)p->function)(row_major, p->ta, p->tb, (index)p->m, (index)p->n, (index)p->k, 1, p->a, (index)p->lda, p->b, \
                      (index)p->ldb, 0, p->c, (index)p->n)
  if (p->is_double && p->is_wide)
    CALL(dgemm_64, int64_t);
  else if (p->is_double)
    CALL(dgemm_32, int32_t);
  else if (p->is_wide)
    CALL(sgemm_64, int64_t);
  else
    CALL(sgemm_32, int32_t);
}

static void time_product(const product *p) {
  const double flops = 2.0 * (double)p->m * (double)p->n * (double)p->k;
  const int inner = (int)(2e7 / flops) + 1;
  const int repetitions = flops > 4e9 ? 8 : most_repetitions;
  double times[most_repetitions];
  for (int r = -3; r < repetitions; r++) {
    const double start = now();
    for (int i = 0; i < inner; i++) multiply(p);
    if (r >= 0) times[r] = (now() - start) / inner;
  }
  qsort(times, (size_t)repetitions, sizeof *times, by_size);
  printf("%.9e %.9e\n", times[0], times[repetitions / 2]);
}

int main(int argc, char **argv) {
  if (argc != 5) return 2;
  void *library = dlopen(argv[1], RTLD_NOW | RTLD_GLOBAL);
  void *functions[2] = {library ? dlsym(library, argv[2]) : NULL, library ? dlsym(library, argv[3]) : NULL};
  if (!functions[0] || !functions[1]) {
    fprintf(stderr, "%s has no %s\n", argv[1], !library ? "form that can be loaded" : functions[0] ? argv[3] : argv[2]);
    return 1;
  }
  puts("ready");
  fflush(stdout);
  char type[8], a_order, b_order;
  long m, n, k;
  while (scanf(" gemm %7s %c %c %ld %ld %ld", type, &a_order, &b_order, &m, &n, &k) == 6) {
    const bool is_double = strcmp(type, "f64") == 0;
    if (!is_double && strcmp(type, "f32") != 0) {
      puts("none");
      fflush(stdout);
      continue;
    }
    const product p = {
        .function = functions[is_double],
        .is_double = is_double,
        .is_wide = strcmp(argv[4], "ilp64") == 0,
        .ta = a_order == 'T' ? transposed : plain,
        .tb = b_order == 'T' ? transposed : plain,
        .m = m,
        .n = n,
        .k = k,
        .lda = a_order == 'T' ? m : k,
        .ldb = b_order == 'T' ? k : n,
        .a = matrix(m, k, is_double),
        .b = matrix(k, n, is_double),
        .c = matrix(m, n, is_double),
    };
    time_product(&p);
    fflush(stdout);
    free(p.a);
    free(p.b);
    free(p.c);
  }
  return 0;
}
