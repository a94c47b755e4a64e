// Softmax, log softmax and log-sum-exp, in double.
#include "rows.h"

void tm_scalar_row(const tm_frame *frame, const void *arguments) {
  const tm_row_arguments *g = arguments;
  const void *in = tm_address(frame, g->in);
  void *out = tm_address(frame, g->out);
  for (int64_t r = g->row_begin; r < g->row_end; r++) {
    const int64_t at = r * g->columns;
    const double shift = tm_row_shift(in, g->type, at, g->columns);
    const double sum = tm_row_sum_exp(in, g->type, at, g->columns, shift);
    if (g->function == TM_LOG_SUM_EXP) {
      tm_row_put(out, g->type, r, shift + log(sum));
      continue;
    }
    for (int64_t c = 0; c < g->columns; c++) {
      const double x = tm_row_at(in, g->type, at + c) - shift;
      tm_row_put(out, g->type, at + c, g->function == TM_SOFTMAX ? exp(x) / sum : x - log(sum));
    }
  }
}
