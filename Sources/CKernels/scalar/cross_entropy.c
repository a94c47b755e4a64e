// Softmax cross entropy and its gradient, in double.
#include "rows.h"

void tm_scalar_cross_entropy(const tm_frame *frame, const void *arguments) {
  const tm_cross_entropy_arguments *g = arguments;
  const void *in = tm_address(frame, g->in), *labels = tm_address(frame, g->labels);
  void *out = tm_address(frame, g->out);
  for (int64_t r = g->row_begin; r < g->row_end; r++) {
    const int64_t at = r * g->columns, label = tm_index_at(labels, g->label_type, r);
    if (label < 0 || label >= g->columns) {
      tm_fail(frame, TM_INDEX_OUT_OF_RANGE, g->call, r, label, g->columns);
      tm_row_put(out, g->type, r, NAN);
      continue;
    }
    const double shift = tm_row_shift(in, g->type, at, g->columns);
    const double sum = tm_row_sum_exp(in, g->type, at, g->columns, shift);
    tm_row_put(out, g->type, r, log(sum) - (tm_row_at(in, g->type, at + label) - shift));
  }
}

void tm_scalar_cross_entropy_gradient(const tm_frame *frame, const void *arguments) {
  const tm_cross_entropy_gradient_arguments *a = arguments;
  const void *in = tm_address(frame, a->in), *labels = tm_address(frame, a->labels);
  const void *g = tm_address(frame, a->g);
  void *out = tm_address(frame, a->out);
  for (int64_t r = a->row_begin; r < a->row_end; r++) {
    const int64_t at = r * a->columns, label = tm_index_at(labels, a->label_type, r);
    const double shift = tm_row_shift(in, a->type, at, a->columns);
    const double sum = tm_row_sum_exp(in, a->type, at, a->columns, shift);
    const double weight = tm_row_at(g, a->type, r * a->g_stride);
    for (int64_t c = 0; c < a->columns; c++) {
      const double p = exp(tm_row_at(in, a->type, at + c) - shift) / sum;
      tm_row_put(out, a->type, at + c, weight * (p - (c == label)));
    }
  }
}
