// Times cblas_sgemm of a BLAS library, which is loaded by its path.
//
//   blas_peer LIBRARY SYMBOL lp64|ilp64
//
// Writes "ready". Then for each line "gemm transA transB M N K" on standard input, row-major, it
// writes the seconds of a call: the best and the median.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { row_major = 101, plain = 111, transposed = 112, most_repetitions = 30 };

typedef void (*sgemm_32)(int, int, int, int32_t, int32_t, int32_t, float, const float *, int32_t,
                         const float *, int32_t, float, float *, int32_t);
typedef void (*sgemm_64)(int, int, int, int64_t, int64_t, int64_t, float, const float *, int64_t,
                         const float *, int64_t, float, float *, int64_t);

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int by_size(const void *a, const void *b) {
  const double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static float *matrix(int64_t rows, int64_t columns) {
  const size_t count = (size_t)(rows * columns);
  float *numbers = aligned_alloc(64, (count * sizeof(float) + 63) / 64 * 64);
  if (!numbers) exit(3);
  uint32_t state = 12345;
  for (size_t i = 0; i < count; i++) {
    state = state * 1664525u + 1013904223u;
    numbers[i] = (float)(state >> 8) * 0x1p-23f - 1;
  }
  return numbers;
}

int main(int argc, char **argv) {
  if (argc != 4) return 2;
  void *library = dlopen(argv[1], RTLD_NOW | RTLD_GLOBAL);
  void *function = library ? dlsym(library, argv[2]) : NULL;
  if (!function) {
    fprintf(stderr, "%s\n", dlerror());
    return 1;
  }
  const int wide = strcmp(argv[3], "ilp64") == 0;
  puts("ready");
  fflush(stdout);
  char a_order, b_order;
  long m, n, k;
  while (scanf(" gemm %c %c %ld %ld %ld", &a_order, &b_order, &m, &n, &k) == 5) {
    const int ta = a_order == 'T' ? transposed : plain, tb = b_order == 'T' ? transposed : plain;
    const int64_t lda = ta == plain ? k : m, ldb = tb == plain ? n : k;
    float *a = matrix(m, k), *b = matrix(k, n), *c = matrix(m, n);
    const double flops = 2.0 * (double)m * (double)n * (double)k;
    const int inner = (int)(2e7 / flops) + 1;
    const int repetitions = flops > 4e9 ? 8 : most_repetitions;
    double times[most_repetitions];
    for (int r = -3; r < repetitions; r++) {
      const double start = now();
      for (int i = 0; i < inner; i++) {
        if (wide)
          ((sgemm_64)function)(row_major, ta, tb, m, n, k, 1, a, lda, b, ldb, 0, c, n);
        else
          ((sgemm_32)function)(row_major, ta, tb, (int32_t)m, (int32_t)n, (int32_t)k, 1, a,
                               (int32_t)lda, b, (int32_t)ldb, 0, c, (int32_t)n);
      }
      if (r >= 0) times[r] = (now() - start) / inner;
    }
    qsort(times, (size_t)repetitions, sizeof *times, by_size);
    printf("%.9e %.9e\n", times[0], times[repetitions / 2]);
    fflush(stdout);
    free(a);
    free(b);
    free(c);
  }
  return 0;
}
