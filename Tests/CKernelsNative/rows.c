// Reductions, row functions, gather, scatter and checks over random shapes and cuts.
#include "harness.h"

#include <math.h>
#include <string.h>

typedef struct cut {
  int64_t begin, end;
} cut;

static cut random_cut(int64_t extent) {
  const int64_t begin = random_below(extent + 1);
  if (random_below(2)) return (cut){0, extent};
  return (cut){begin, begin + random_below(extent - begin + 1)};
}

static void check_reduce(const tm_kernel_table *table, int round) {
  const tm_dtype type = (tm_dtype)random_below(4);
  const tm_reduction reduction = (tm_reduction)random_below(4);
  const int64_t outer = random_below(4), inner = random_below(3) ? random_extent(80) : 1;
  const int64_t count = random_extent(round % 10 ? 200 : 3000);
  const cut o = random_cut(outer), i = random_cut(inner);
  test_case c = new_case("reduce %d: %ldx%ldx%ld type %d reduction %d", round, (long)outer,
                         (long)count, (long)inner, type, reduction);
  // Positive sums have no cancellation; products stay in range.
  const double low = reduction == TM_SUM ? 0.5 : reduction == TM_PRODUCT ? 0.95 : -1000;
  const double high = reduction == TM_SUM ? 1.5 : reduction == TM_PRODUCT ? 1.04 : 1000;
  const double n = (double)count + 2;
  double ulps = reduction == TM_SUM ? 8 + log2(n) : reduction == TM_PRODUCT ? n : 0;
  if (type > TM_F64) ulps = 0;
  const tm_reduce_arguments g = {
      .in = add_slot(&c, type, (size_t)(outer * count * inner), low, high),
      .out = add_output(&c, type, (size_t)(outer * inner), (tolerance){ulps, 0}),
      .count = count, .inner = inner,
      .outer_begin = o.begin, .outer_end = o.end, .inner_begin = i.begin, .inner_end = i.end,
      .type = (uint8_t)type, .reduction = (uint8_t)reduction,
  };
  check_case(&c, table, KERNEL(reduce), &g);
}

static void check_argmax(const tm_kernel_table *table, int round) {
  const tm_dtype type = (tm_dtype)random_below(5);
  const int64_t rows = random_below(5), columns = 1 + random_extent(300);
  const cut r = random_cut(rows);
  test_case c = new_case("argmax %d: %ldx%ld type %d", round, (long)rows, (long)columns, type);
  const tm_argmax_arguments g = {
      .in = add_slot(&c, type, (size_t)(rows * columns), -20, 20),
      .out = add_output(&c, TM_I32, (size_t)rows, (tolerance){0, 0}),
      .columns = columns, .row_begin = r.begin, .row_end = r.end, .type = (uint8_t)type,
  };
  if (type == TM_F32 && rows > 0 && random_below(2)) {
    float *in = c.slots[g.in.slot].memory;
    for (int64_t i = 0; i < 3; i++) in[random_below(rows * columns)] = NAN;
  }
  check_case(&c, table, KERNEL(argmax), &g);
}

static void check_row_function(const tm_kernel_table *table, int round) {
  const tm_dtype type = (tm_dtype)random_below(2);
  const int64_t rows = random_below(5), columns = 1 + random_extent(600);
  const cut r = random_cut(rows);
  const int function = (int)random_below(3);
  test_case c = new_case("row %d: %ldx%ld type %d function %d", round, (long)rows, (long)columns,
                         type, function);
  const double eps = type == TM_F32 ? 0x1p-24 : 0x1p-53;
  // Softmax: the rounding of x - max, here up to 40, is 2^-19 of the result: 32 ulp of f32.
  const tolerance softmax = {40, 0}, logarithm = {2, 64 * eps};
  const int64_t made = function == TM_LOG_SUM_EXP ? rows : rows * columns;
  const tm_row_arguments g = {
      .in = add_slot(&c, type, (size_t)(rows * columns), -20, 20),
      .out = add_output(&c, type, (size_t)made, function == TM_SOFTMAX ? softmax : logarithm),
      .columns = columns, .row_begin = r.begin, .row_end = r.end,
      .type = (uint8_t)type, .function = (uint8_t)function, .streams = random_below(2),
  };
  c.workspace = (size_t)columns * tm_size_of(type);
  check_case(&c, table, KERNEL(row), &g);
}

static void check_cross_entropy(const tm_kernel_table *table, int round) {
  const tm_dtype type = (tm_dtype)random_below(2), label_type = TM_I32 + (tm_dtype)random_below(2);
  const int64_t rows = random_below(5), columns = 1 + random_extent(300);
  const cut r = random_cut(rows);
  const double eps = type == TM_F32 ? 0x1p-24 : 0x1p-53;
  const double most = (double)columns - (random_below(4) ? 1 : -1);  // some labels are outside
  test_case c = new_case("cross entropy %d: %ldx%ld type %d", round, (long)rows, (long)columns,
                         type);
  const tm_cross_entropy_arguments g = {
      .in = add_slot(&c, type, (size_t)(rows * columns), -20, 20),
      .labels = add_slot(&c, label_type, (size_t)rows, 0, most),
      .out = add_output(&c, type, (size_t)rows, (tolerance){2, 64 * eps}),
      .columns = columns, .row_begin = r.begin, .row_end = r.end, .call = 7,
      .type = (uint8_t)type, .label_type = (uint8_t)label_type,
  };
  check_case(&c, table, KERNEL(cross_entropy), &g);

  const int64_t stride = random_below(2);
  c = new_case("cross entropy gradient %d: %ldx%ld type %d", round, (long)rows, (long)columns,
               type);
  const tm_cross_entropy_gradient_arguments d = {
      .in = add_slot(&c, type, (size_t)(rows * columns), -20, 20),
      .labels = add_slot(&c, label_type, (size_t)rows, 0, most),
      .g = add_slot(&c, type, (size_t)(stride ? rows : 1), 0.1, 2),
      .out = add_output(&c, type, (size_t)(rows * columns), (tolerance){40, 8 * eps}),
      .columns = columns, .row_begin = r.begin, .row_end = r.end, .g_stride = stride,
      .type = (uint8_t)type, .label_type = (uint8_t)label_type,
  };
  check_case(&c, table, KERNEL(cross_entropy_gradient), &d);
}

static void check_norm(const tm_kernel_table *table, int round) {
  const tm_dtype type = (tm_dtype)random_below(2);
  const int64_t rows = random_below(round % 4 ? 6 : 80), columns = 1 + random_extent(600);
  const uint8_t norm = (uint8_t)random_below(2);
  const bool has_gain = random_below(2), has_bias = random_below(2);
  const double eps = type == TM_F32 ? 0x1p-24 : 0x1p-53;
  const double epsilon = 1e-5, low = random_below(2) ? -3 : 20;
  const cut r = random_cut(rows);
  const size_t count = (size_t)(rows * columns), wide = (size_t)columns;
  // Few columns may be nearly equal, and scales up to 300.
  const double cancels = columns < 4 ? 400 : 1;
  const tolerance near = {16, 64 * eps * (low < 0 ? 4 : 40) * cancels};
  test_case c = new_case("norm %d: %ldx%ld type %d norm %d", round, (long)rows, (long)columns,
                         type, norm);
  const tm_norm_arguments a = {
      .in = add_slot(&c, type, count, low, low + 6),
      .gain = add_slot(&c, type, wide, -2, 2), .bias = add_slot(&c, type, wide, -2, 2),
      .out = add_output(&c, type, count, near),
      .columns = columns, .row_begin = r.begin, .row_end = r.end, .epsilon = epsilon,
      .type = (uint8_t)type, .norm = norm, .has_gain = has_gain, .has_bias = has_bias,
      .streams = random_below(2),
  };
  c.workspace = wide * tm_size_of(type);
  check_case(&c, table, KERNEL(norm), &a);

  // Scales are up to 300 where all elements of a row are the same.
  const double steep = columns < 4 ? 1e5 : 40;
  c = new_case("norm gradient %d: %ldx%ld type %d norm %d", round, (long)rows, (long)columns, type,
               norm);
  const tm_norm_gradient_arguments d = {
      .in = add_slot(&c, type, count, low, low + 6), .gain = add_slot(&c, type, wide, -2, 2),
      .g = add_slot(&c, type, count, -2, 2),
      .out = add_output(&c, type, count, (tolerance){16, near.absolute * steep}),
      .columns = columns, .row_begin = r.begin, .row_end = r.end, .epsilon = epsilon,
      .type = (uint8_t)type, .norm = norm, .has_gain = has_gain, .streams = random_below(2),
  };
  c.workspace = wide * tm_size_of(type);
  check_case(&c, table, KERNEL(norm_gradient), &d);

  const int64_t parts = (rows + TM_NORM_ROWS - 1) / TM_NORM_ROWS;
  const cut p = random_cut(parts);
  c = new_case("norm sums %d: %ldx%ld type %d norm %d", round, (long)rows, (long)columns, type,
               norm);
  const tm_norm_sums_arguments q = {
      .in = add_slot(&c, type, count, low, low + 6), .g = add_slot(&c, type, count, -2, 2),
      .out = add_output(&c, type, (size_t)parts * (has_bias ? 2 : 1) * wide,
                        (tolerance){16, near.absolute * 32}),
      .rows = rows, .columns = columns, .part_begin = p.begin, .part_end = p.end,
      .epsilon = epsilon, .type = (uint8_t)type, .norm = norm, .has_bias = has_bias,
  };
  check_case(&c, table, KERNEL(norm_sums), &q);
}

static void check_gather(const tm_kernel_table *table, int round) {
  const tm_dtype type = (tm_dtype)random_below(4), index_type = TM_I32 + (tm_dtype)random_below(2);
  const int64_t outer = 1 + random_below(3), entries = 1 + random_below(20);
  const int64_t count = random_below(40), width = random_extent(70);
  const double most = (double)entries - (random_below(4) ? 1 : -1);  // some indices are outside
  const cut o = random_cut(outer), i = random_cut(count), w = random_cut(width);
  test_case c = new_case("gather %d: %ldx%ldx%ld", round, (long)outer, (long)count, (long)width);
  const tm_gather_arguments g = {
      .table = add_slot(&c, type, (size_t)(outer * entries * width), -20, 20),
      .indices = add_slot(&c, index_type, (size_t)count, 0, most),
      .out = add_output(&c, type, (size_t)(outer * count * width), (tolerance){0, 0}),
      .entries = entries, .count = count, .width = width,
      .outer_begin = o.begin, .outer_end = o.end, .index_begin = i.begin, .index_end = i.end,
      .call = 5, .type = (uint8_t)type, .index_type = (uint8_t)index_type,
  };
  check_case(&c, table, KERNEL(gather), &g);

  c = new_case("scatter %d: %ldx%ldx%ld", round, (long)outer, (long)count, (long)width);
  const tm_scatter_add_arguments s = {
      .updates = add_slot(&c, type, (size_t)(outer * count * width), -20, 20),
      .indices = add_slot(&c, index_type, (size_t)count, 0, most),
      .out = add_output(&c, type, (size_t)(outer * entries * width), (tolerance){0, 0}),
      .entries = entries, .count = count, .width = width,
      .outer_begin = o.begin, .outer_end = o.end, .width_begin = w.begin, .width_end = w.end,
      .call = 6, .type = (uint8_t)type, .index_type = (uint8_t)index_type,
  };
  check_case(&c, table, KERNEL(scatter_add), &s);
}

static void check_finite(const tm_kernel_table *table, int round) {
  const tm_dtype type = (tm_dtype)random_below(2);
  const int64_t count = random_extent(2000);
  test_case c = new_case("check finite %d: %ld type %d", round, (long)count, type);
  const tm_check_finite_arguments g = {
      .in = add_slot(&c, type, (size_t)count, -20, 20),
      .count = count, .call = 9, .type = (uint8_t)type,
  };
  for (int i = 0; i < 2 && count > 0 && round % 3; i++) {
    const int64_t at = random_below(count);
    if (type == TM_F32)
      ((float *)c.slots[0].memory)[at] = random_below(2) ? NAN : -INFINITY;
    else
      ((double *)c.slots[0].memory)[at] = random_below(2) ? NAN : INFINITY;
  }
  check_case(&c, table, KERNEL(check_finite), &g);
}

void check_rows(const tm_kernel_table *table) {
  for (int round = 0; round < 400; round++) {
    check_reduce(table, round);
    check_argmax(table, round);
    check_row_function(table, round);
    check_cross_entropy(table, round);
    check_norm(table, round);
    check_gather(table, round);
    check_finite(table, round);
  }
}
