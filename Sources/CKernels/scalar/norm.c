// Layer norm and RMS norm and their gradients, in long double.
#include "rows.h"

typedef struct row_statistics {
  long double mean, scale;
} row_statistics;

static row_statistics statistics(const void *in, uint8_t type, int64_t at, int64_t columns,
                                 double epsilon, uint8_t norm) {
  const long double n = (long double)columns;
  long double mean = 0, variance = 0;
  for (int64_t c = 0; norm == TM_LAYER_NORM && c < columns; c++)
    mean += tm_row_at(in, type, at + c) / n;
  for (int64_t c = 0; c < columns; c++) {
    const long double d = tm_row_at(in, type, at + c) - mean;
    variance += d * d / n;
  }
  return (row_statistics){mean, 1 / sqrtl(variance + epsilon)};
}

void tm_scalar_norm(const tm_frame *frame, const void *arguments) {
  const tm_norm_arguments *a = arguments;
  const void *in = tm_address(frame, a->in);
  const void *gain = a->has_gain ? tm_address(frame, a->gain) : NULL;
  const void *bias = a->has_bias ? tm_address(frame, a->bias) : NULL;
  void *out = tm_address(frame, a->out);
  for (int64_t r = a->row_begin; r < a->row_end; r++) {
    const int64_t at = r * a->columns;
    const row_statistics row = statistics(in, a->type, at, a->columns, a->epsilon, a->norm);
    for (int64_t c = 0; c < a->columns; c++) {
      const long double u = (tm_row_at(in, a->type, at + c) - row.mean) * row.scale;
      tm_row_put(out, a->type, at + c,
                 (double)(u * (gain ? tm_row_at(gain, a->type, c) : 1) +
                          (bias ? tm_row_at(bias, a->type, c) : 0)));
    }
  }
}

void tm_scalar_norm_gradient(const tm_frame *frame, const void *arguments) {
  const tm_norm_gradient_arguments *a = arguments;
  const void *in = tm_address(frame, a->in), *g = tm_address(frame, a->g);
  const void *gain = a->has_gain ? tm_address(frame, a->gain) : NULL;
  void *out = tm_address(frame, a->out);
  const long double n = (long double)a->columns;
  for (int64_t r = a->row_begin; r < a->row_end; r++) {
    const int64_t at = r * a->columns;
    const row_statistics row = statistics(in, a->type, at, a->columns, a->epsilon, a->norm);
    long double mean = 0, slope = 0;
    for (int64_t c = 0; c < a->columns; c++) {
      const long double u = (tm_row_at(in, a->type, at + c) - row.mean) * row.scale;
      const long double h = (long double)tm_row_at(g, a->type, at + c) *
                            (gain ? tm_row_at(gain, a->type, c) : 1);
      if (a->norm == TM_LAYER_NORM) mean += h / n;
      slope += h * u / n;
    }
    for (int64_t c = 0; c < a->columns; c++) {
      const long double u = (tm_row_at(in, a->type, at + c) - row.mean) * row.scale;
      const long double h = (long double)tm_row_at(g, a->type, at + c) *
                            (gain ? tm_row_at(gain, a->type, c) : 1);
      tm_row_put(out, a->type, at + c, (double)(row.scale * (h - mean - u * slope)));
    }
  }
}

void tm_scalar_norm_sums(const tm_frame *frame, const void *arguments) {
  const tm_norm_sums_arguments *a = arguments;
  const void *in = tm_address(frame, a->in), *g = tm_address(frame, a->g);
  void *out = tm_address(frame, a->out);
  const int64_t n = a->columns, wide = a->has_bias ? 2 : 1;
  for (int64_t part = a->part_begin; part < a->part_end; part++) {
    const int64_t top = part * TM_NORM_ROWS;
    const int64_t rows = a->rows - top < TM_NORM_ROWS ? a->rows - top : TM_NORM_ROWS;
    row_statistics row[TM_NORM_ROWS];
    for (int64_t r = 0; r < rows; r++)
      row[r] = statistics(in, a->type, (top + r) * n, n, a->epsilon, a->norm);
    for (int64_t c = 0; c < n; c++) {
      long double gain = 0, bias = 0;
      for (int64_t r = 0; r < rows; r++) {
        const int64_t at = (top + r) * n + c;
        const long double of = tm_row_at(g, a->type, at);
        gain += of * (tm_row_at(in, a->type, at) - row[r].mean) * row[r].scale;
        bias += of;
      }
      tm_row_put(out, a->type, part * wide * n + c, (double)gain);
      if (a->has_bias) tm_row_put(out, a->type, (part * wide + 1) * n + c, (double)bias);
    }
  }
}
