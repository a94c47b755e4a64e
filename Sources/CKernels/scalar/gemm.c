// Matrix product, element by element: the order of the fused multiply-adds that every version
// keeps.
#include "scalar.h"

#define TM_GEMM(T, fused)                                                                    \
  static void gemm_##T(const tm_gemm_arguments *g, const T *a, const T *b, T *c) {           \
    for (int64_t i = 0; i < g->m; i++)                                                       \
      for (int64_t j = 0; j < g->n; j++) {                                                   \
        T sum = g->accumulate ? c[i * g->c_row_stride + j] : 0;                              \
        for (int64_t p = 0; p < g->k; p++)                                                   \
          sum = fused(a[i * g->a_row_stride + p * g->a_column_stride],                       \
                      b[p * g->b_row_stride + j * g->b_column_stride], sum);                 \
        c[i * g->c_row_stride + j] = sum;                                                    \
      }                                                                                      \
  }

TM_GEMM(float, fmaf)
TM_GEMM(double, fma)

void tm_scalar_gemm(const tm_frame *frame, const void *arguments) {
  const tm_gemm_arguments *g = arguments;
  const void *a = tm_address(frame, g->a), *b = tm_address(frame, g->b);
  void *c = tm_address(frame, g->c);
  for (int64_t l = 0; l < g->batch; l++) {
    if (g->type == TM_F32)
      gemm_float(g, (const float *)a + l * g->a_batch_stride,
                 (const float *)b + l * g->b_batch_stride, (float *)c + l * g->c_batch_stride);
    else
      gemm_double(g, (const double *)a + l * g->a_batch_stride,
                  (const double *)b + l * g->b_batch_stride, (double *)c + l * g->c_batch_stride);
  }
}
