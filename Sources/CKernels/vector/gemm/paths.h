// The table of a product's paths: the first line that holds is taken. It looks at shape, strides and type alone, and all
// paths add in the same order. Crossovers were measured on a Zen 5 (docs/kernels.md).
//
//  path          | M         | N        | K        | and                                              | file
//  nothing       | 0         | or 0     |          |                                                  |
//  without depth |           |          | 0        |                                                  | gemm.inc
//  tiny          | up to 32  | up to 32 | up to 32 | rows of b contiguous                             | tiny.inc
//  row           | 1         |          |          | rows of b contiguous                             | row.inc
//  outer         |           |          | up to 8  | rows of b contiguous                             | outer.inc
//  narrow        | from 32   | up to 14 |          |                                                  | narrow.inc
//  tall          | over 336  |          |          | b up to 256 KiB; rows of a contiguous, and in    | tall.inc
//                |           |          |          | different lines of a cache                       |
//  blocks        | else      |          |          |                                                  | gemm.inc
//
// Within blocks, b is read in place where its rows are contiguous and there are less than TM_PACK_B_FROM panels of rows,
// and a is unless tm_packs_a. Up to TM_FLAT_PANELS panels of five or six rows have tiles of four vectors (AVX-512).
//
// Products of bfloat16 with dot products of pairs of the depth. Without them, blocks become float32 and take a path above.
//
//  path          | M         | N        | K        | and                                              | file
//  nothing       | 0         | or 0     |          |                                                  |
//  without depth |           |          | 0        |                                                  | call.inc
//  narrow        | from 32   | up to 8  |          |                                                  | narrow.inc
//  direct        | up to 12  |          |          | rows of b contiguous, which is read in place     | gemm.inc
//  blocks        | else      |          |          |                                                  | gemm.inc
#ifndef TM_PATHS_H
#define TM_PATHS_H

#include "../../common/kernel.h"

typedef enum tm_gemm_path {
  TM_PATH_NOTHING, TM_PATH_WITHOUT_DEPTH, TM_PATH_TINY, TM_PATH_ROW, TM_PATH_OUTER, TM_PATH_NARROW, TM_PATH_TALL, TM_PATH_BLOCKS,
} tm_gemm_path;

enum {
  TM_TINY = 32,           // rows, columns and depth up to which nothing is prepared
  TM_OUTER_B = 16 << 10,  // bytes of its b that are taken at once
  TM_OUTER_COPIED = 16,   // rows from which a copy of them pays where they lie across lines of the cache
  TM_NARROW = 14,         // columns up to which lanes count rows instead
  TM_NARROW_ROWS = 32,    // and rows from which they do
  TM_TALL_ROWS = 336,     // rows over which a packed b, used for all of them, is kept in L2
  TM_TALL_B = 256 << 10,  // and its bytes
  TM_FLAT_PANELS = 3,     // panels of rows up to which tiles of tall products read b in place
  TM_PACK_B_FROM = 6,     // panels of rows from which a copy of b pays
  TM_PACK_A_FROM = 256,   // columns of c from which a copy of a transposed a pays
  TM_PACK_A_REACH = 2 << 20,  // and bytes from its first column to its last one, over which it does

  TM_PAIR_DIRECT = 12,       // bfloat16: rows up to which b is read in place
  TM_PAIR_NARROW = 8,        // columns up to which lanes count rows instead
  TM_PAIR_NARROW_ROWS = 32,  // and rows from which they do
};

// Rows a multiple of 4 KiB apart share the lines of a cache.
static inline bool tm_rows_share_lines(int64_t row_stride, tm_dtype type) {
  return row_stride != 0 && row_stride * (int64_t)tm_size_of(type) % 4096 == 0;
}

// Whether a copy of a pays. Rows that share the lines of a cache are copied; and columns that do, of an a that is
// transposed, where a tile walks more of them than the second cache has room for in these lines.
static inline bool tm_packs_a(const tm_gemm_arguments *g, int64_t rows, int64_t depth) {
  const tm_dtype type = (tm_dtype)g->type;
  if (rows > 4 && tm_rows_share_lines(g->a_row_stride, type)) return true;
  const int64_t column = g->a_column_stride * (int64_t)tm_size_of(type);
  return g->a_row_stride == 1 && g->n >= TM_PACK_A_FROM && column % 4096 == 0 && column * depth > TM_PACK_A_REACH;
}

// The most columns with which a product is tall; 0 where it is for none.
static inline int64_t tm_tall_columns(int64_t m, int64_t k, tm_dtype type) {
  return m > TM_TALL_ROWS ? TM_TALL_B / (int64_t)tm_size_of(type) / k : 0;
}

static inline tm_gemm_path tm_path_of(const tm_gemm_arguments *g) {
  if (g->m <= 0 || g->n <= 0) return TM_PATH_NOTHING;
  if (g->k <= 0) return TM_PATH_WITHOUT_DEPTH;
  if (g->m <= TM_TINY && g->n <= TM_TINY && g->k <= TM_TINY && g->b_column_stride == 1) return TM_PATH_TINY;
  if (g->m == 1 && g->b_column_stride == 1) return TM_PATH_ROW;
  if (g->k <= TM_GEMM_SHALLOW && g->b_column_stride == 1) return TM_PATH_OUTER;
  if (g->n <= TM_NARROW && g->m >= TM_NARROW_ROWS) return TM_PATH_NARROW;
  if (g->n <= tm_tall_columns(g->m, g->k, (tm_dtype)g->type) && g->a_column_stride == 1 &&
      !tm_rows_share_lines(g->a_row_stride, (tm_dtype)g->type))
    return TM_PATH_TALL;
  return TM_PATH_BLOCKS;
}

typedef enum tm_pair_path {
  TM_PAIR_PATH_NOTHING, TM_PAIR_PATH_WITHOUT_DEPTH, TM_PAIR_PATH_NARROW, TM_PAIR_PATH_DIRECT, TM_PAIR_PATH_BLOCKS,
} tm_pair_path;

static inline tm_pair_path tm_pair_path_of(const tm_gemm_arguments *g) {
  if (g->m <= 0 || g->n <= 0) return TM_PAIR_PATH_NOTHING;
  if (g->k <= 0) return TM_PAIR_PATH_WITHOUT_DEPTH;
  if (g->n <= TM_PAIR_NARROW && g->m >= TM_PAIR_NARROW_ROWS) return TM_PAIR_PATH_NARROW;
  if (g->m <= TM_PAIR_DIRECT && g->b_column_stride == 1) return TM_PAIR_PATH_DIRECT;
  return TM_PAIR_PATH_BLOCKS;
}

#endif
