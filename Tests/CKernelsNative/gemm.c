// Products of random shapes, strides and batches: the same bits as the oracle.
#include "harness.h"

#include <stdlib.h>

// Elements that a matrix of these strides spans.
static size_t span(int64_t rows, int64_t columns, int64_t row_stride, int64_t column_stride) {
  if (rows <= 0 || columns <= 0) return 0;
  return (size_t)((rows - 1) * row_stride + (columns - 1) * column_stride + 1);
}

typedef struct layout {
  int64_t row, column;
} layout;

// Row-major, column-major, either with padding, or neither direction contiguous.
static layout random_layout(int64_t rows, int64_t columns) {
  const int64_t padding = random_below(3);
  switch (random_below(3)) {
    case 0: return (layout){columns + padding, 1};
    case 1: return (layout){1, rows + padding};
    default: return (layout){2 * columns + padding, 2};
  }
}

// Blocks whose heights differ by a row, where the shorter one would read b in place, or a, and the taller one copies it.
static void check_uneven_blocks(const tm_kernel_table *table) {
  for (int round = 0; round < 300; round++) {
    const int64_t tile = table->gemm_rows, blocks = 2 + random_below(2);
    const int64_t height = round % 3 ? 5 * tile : 4;  // of the shortest
    const int64_t m = height * blocks + 1 + random_below(blocks - 1), n = 1 + random_below(80), k = 1 + random_below(90);
    const int64_t a_row = round % 2 ? 1024 : k;  // apart as pages are, or not
    test_case c = new_case("uneven blocks %d: %ldx%ldx%ld a %ld", round, (long)m, (long)n, (long)k, (long)a_row);
    const tm_gemm_arguments g = {
        .a = add_slot(&c, TM_F32, span(m, k, a_row, 1), -1, 1),
        .b = add_slot(&c, TM_F32, span(k, n, n, 1), -1, 1),
        .c = add_output(&c, TM_F32, span(m, n, n, 1), (tolerance){0, 0}),
        .m = m, .n = n, .k = k, .batch = 1,
        .a_row_stride = a_row, .a_column_stride = 1, .b_row_stride = n, .b_column_stride = 1, .c_row_stride = n,
        .blocks = {.depth_bytes = 256, .rows = (int32_t)height + 1, .columns = 64},
        .type = TM_F32,
    };
    c.workspace = tm_gemm_workspace(m, n, k, TM_F32, 0, g.blocks);
    check_case(&c, table, KERNEL(gemm), &g);
  }
}

// Many rows, around the widths of strips of columns, and around the size of b from which they go by blocks.
static void check_tall(const tm_kernel_table *table) {
  for (int round = 0; round < 200; round++) {
    const tm_dtype type = random_below(3) ? TM_F32 : TM_F64;
    const int64_t m = 334 + random_below(90), batch = 1 + (random_below(8) == 0);
    const int64_t n = round % 10 ? 15 + random_below(160) : 250 + random_below(12);
    const int64_t k = round % 10 ? random_extent(70) : (type == TM_F32 ? 65536 : 32768) / n + random_below(3) - 1;
    const int64_t a_row = round % 9 ? k + random_below(3) : 2048;
    const layout b = random_layout(k, n);
    const size_t b_span = span(k, n, b.row, b.column);
    test_case c = new_case("tall %d: %ldx%ldx%ld type %d a %ld b %ld,%ld", round, (long)m, (long)n, (long)k, type,
                           (long)a_row, (long)b.row, (long)b.column);
    const tm_gemm_arguments g = {
        .a = add_slot(&c, type, span(m, k, a_row, 1) * (size_t)batch, -1, 1),
        .b = add_slot(&c, type, b_span * (size_t)batch, -1, 1),
        .c = add_output(&c, type, span(m, n, n + 1, 1) * (size_t)batch, (tolerance){0, 0}),
        .m = m, .n = n, .k = k, .batch = batch,
        .a_row_stride = a_row, .a_column_stride = 1, .a_batch_stride = (int64_t)span(m, k, a_row, 1),
        .b_row_stride = b.row, .b_column_stride = b.column, .b_batch_stride = (int64_t)b_span,
        .c_row_stride = n + 1, .c_batch_stride = (int64_t)span(m, n, n + 1, 1),
        .blocks = random_blocks(),
        .type = (uint8_t)type,
        .accumulate = random_below(2),
    };
    c.workspace = tm_gemm_workspace(m, n, k, type, 0, g.blocks);
    check_case(&c, table, KERNEL(gemm), &g);
  }
}


static void check_outer(const tm_kernel_table *table) {
  for (int round = 0; round < 400; round++) {
    const tm_dtype type = random_below(3) ? TM_F32 : TM_F64;
    const int64_t k = 1 + random_below(9), m = 1 + random_below(round % 3 ? 90 : 30), batch = 1 + (random_below(4) == 0);
    const int64_t cap = 16384 / (type == TM_F32 ? 4 : 8) / k;
    const int64_t n = round % 2 ? cap * (1 + random_below(2)) + random_below(40) - 20 : 1 + random_below(1200);
    const int64_t bpad = random_below(20), cpad = random_below(3) ? 0 : random_below(20);
    const layout a = random_layout(m, k);
    const size_t a_span = span(m, k, a.row, a.column), b_span = span(k, n, n + bpad, 1), c_span = span(m, n, n + cpad, 1);
    test_case c = new_case("outer %d: %ldx%ldx%ld type %d", round, (long)m, (long)n, (long)k, type);
    const tm_gemm_arguments g = {
        .a = add_slot(&c, type, a_span * (size_t)batch, -1, 1),
        .b = add_slot(&c, type, b_span * (size_t)batch, -1, 1),
        .c = add_output(&c, type, c_span * (size_t)batch, (tolerance){0, 0}),
        .m = m, .n = n, .k = k, .batch = batch,
        .a_row_stride = a.row, .a_column_stride = a.column, .a_batch_stride = (int64_t)a_span,
        .b_row_stride = n + bpad, .b_column_stride = 1, .b_batch_stride = (int64_t)b_span,
        .c_row_stride = n + cpad, .c_batch_stride = (int64_t)c_span,
        .blocks = random_blocks(), .type = (uint8_t)type, .accumulate = random_below(2),
    };
    c.workspace = tm_gemm_workspace(m, n, k, type, 0, g.blocks);
    check_case(&c, table, KERNEL(gemm), &g);
  }
}

void check_gemm(const tm_kernel_table *table) {
  check_uneven_blocks(table);
  check_tall(table);
  check_outer(table);
  for (int round = 0; round < 800; round++) {
    static const tm_dtype types[] = {TM_F32, TM_F32, TM_F64, TM_BF16};
    const tm_dtype type = types[random_below(4)];
    // Every eighth is tall, of several blocks of uneven height, or of few columns.
    const bool tall = round % 8 == 0;
    const int64_t m = tall ? 60 + random_below(340) : random_extent(round % 20 ? 70 : 400);
    const int64_t n = tall ? 1 + random_below(random_below(2) ? 3 : 70) : random_extent(90);
    const int64_t k = random_extent(round % 20 ? 70 : 600), batch = 1 + (random_below(5) == 0);
    const layout a = random_layout(m, k), b = random_layout(k, n);
    const int64_t c_row = n + random_below(3);
    const size_t a_span = span(m, k, a.row, a.column), b_span = span(k, n, b.row, b.column);
    const size_t c_span = span(m, n, c_row, 1);
    test_case c = new_case("gemm %d: %ldx%ldx%ld type %d a %ld,%ld b %ld,%ld", round, (long)m,
                           (long)n, (long)k, type, (long)a.row, (long)a.column, (long)b.row,
                           (long)b.column);
    tm_gemm_arguments g = {
        .a = add_slot(&c, type, a_span * (size_t)batch, -1, 1),
        .b = add_slot(&c, type, b_span * (size_t)batch, -1, 1),
        .c = add_output(&c, type == TM_BF16 ? TM_F32 : type, c_span * (size_t)batch, (tolerance){0, 0}),
        .m = m, .n = n, .k = k, .batch = batch,
        .a_row_stride = a.row, .a_column_stride = a.column, .a_batch_stride = (int64_t)a_span,
        .b_row_stride = b.row, .b_column_stride = b.column, .b_batch_stride = (int64_t)b_span,
        .c_row_stride = c_row, .c_batch_stride = (int64_t)c_span,
        .blocks = random_blocks(),
        .type = (uint8_t)type,
        .accumulate = random_below(2),
    };
    c.workspace = tm_gemm_workspace(m, n, k, type, 0, g.blocks);
    check_case(&c, table, type == TM_BF16 ? KERNEL(gemm_bf16) : KERNEL(gemm), &g);
  }
}
