// Matrix product, element by element: the order of the fused multiply-adds that every version
// keeps.
#include "value.h"

#define TM_SUM(T, fused)                                                                                \
  static T sum_##T(const tm_gemm_arguments *g, const T *a, const T *b, T sum, int64_t i, int64_t j) {   \
    for (int64_t p = 0; p < g->k; p++)                                                                  \
      sum = fused(a[i * g->a_row_stride + p * g->a_column_stride],                                      \
                  b[p * g->b_row_stride + j * g->b_column_stride], sum);                                \
    return sum;                                                                                         \
  }

TM_SUM(float, fmaf)
TM_SUM(double, fma)

// Element i, j of product l.
static tm_value element(const tm_frame *frame, const tm_gemm_arguments *g, int64_t l, int64_t i, int64_t j) {
  const void *a = tm_address(frame, g->a), *b = tm_address(frame, g->b);
  const void *c = tm_address(frame, g->c);
  const int64_t at = l * g->c_batch_stride + i * g->c_row_stride + j;
  tm_value sum = {.i64 = 0};
  if (g->accumulate) sum = tm_load_value(c, at, g->type);
  if (g->type == TM_F32)
    sum.f32 = sum_float(g, (const float *)a + l * g->a_batch_stride, (const float *)b + l * g->b_batch_stride,
                        sum.f32, i, j);
  else
    sum.f64 = sum_double(g, (const double *)a + l * g->a_batch_stride,
                         (const double *)b + l * g->b_batch_stride, sum.f64, i, j);
  return sum;
}

// Where element i, j of product l is in an operand of the epilogue.
static int64_t place(const tm_operand *x, int64_t l, int64_t i, int64_t j) {
  return x->kind == TM_STRIDED ? l * x->strides[0] + i * x->strides[1] + j * x->strides[2] : 0;
}

static void finish(const tm_frame *frame, const tm_gemm_epilogue *e, tm_value sum, int64_t l, int64_t i, int64_t j) {
  tm_value *registers = frame->workspace;
  const int64_t index = e->index + l * e->index_batch_stride + i * e->index_row_stride + j;
  for (uint32_t x = 0; x < e->input_count; x++) {
    const tm_operand *in = &e->inputs[x];
    if (x == e->sums)
      registers[x] = sum;
    else if (in->kind == TM_IMMEDIATE)
      registers[x] = tm_load_value(&in->immediate, 0, in->type);
    else
      registers[x] = tm_load_value(tm_address(frame, in->ref), place(in, l, i, j), in->type);
  }
  tm_scalar_run(frame, e->code, e->instruction_count, index, registers);
  for (uint32_t x = 0; x < e->output_count; x++) {
    const tm_operand *out = &e->outputs[x];
    tm_store_value(tm_address(frame, out->ref), place(out, l, i, j), out->type, registers[out->reg]);
  }
}

static float widened(uint16_t x) {
  const uint32_t bits = (uint32_t)x << 16;
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

// Of each pair along the depth the second first.
static float sum_bf16(const tm_gemm_arguments *g, const uint16_t *a, const uint16_t *b, float sum, int64_t i, int64_t j) {
  for (int64_t step = 0; step < (g->k + 1) / 2 * 2; step++) {
    const int64_t p = step ^ 1;
    if (p < g->k)
      sum = fmaf(widened(a[i * g->a_row_stride + p * g->a_column_stride]),
                 widened(b[p * g->b_row_stride + j * g->b_column_stride]), sum);
  }
  return sum;
}

void tm_scalar_gemm_bf16(const tm_frame *frame, const void *arguments) {
  const tm_gemm_arguments *g = arguments;
  const uint16_t *a = tm_address(frame, g->a), *b = tm_address(frame, g->b);
  float *c = tm_address(frame, g->c);
  for (int64_t l = 0; l < g->batch; l++)
    for (int64_t i = 0; i < g->m; i++)
      for (int64_t j = 0; j < g->n; j++) {
        const int64_t at = l * g->c_batch_stride + i * g->c_row_stride + j;
        const float sum = sum_bf16(g, a + l * g->a_batch_stride, b + l * g->b_batch_stride,
                                   g->accumulate ? c[at] : 0, i, j);
        if (g->epilogue)
          finish(frame, g->epilogue, (tm_value){.f32 = sum}, l, i, j);
        else
          c[at] = sum;
      }
}

void tm_scalar_gemm(const tm_frame *frame, const void *arguments) {
  const tm_gemm_arguments *g = arguments;
  void *c = tm_address(frame, g->c);
  for (int64_t l = 0; l < g->batch; l++)
    for (int64_t i = 0; i < g->m; i++)
      for (int64_t j = 0; j < g->n; j++) {
        const tm_value sum = element(frame, g, l, i, j);
        if (g->epilogue)
          finish(frame, g->epilogue, sum, l, i, j);
        else
          tm_store_value(c, l * g->c_batch_stride + i * g->c_row_stride + j, g->type, sum);
      }
}
