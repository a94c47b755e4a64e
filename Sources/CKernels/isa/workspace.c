// How much workspace a call may use: upper bounds over every instruction set.
#include "../vector/gemm/paths.h"
#include "../vector/sizes.h"

static int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }
static int64_t larger(int64_t a, int64_t b) { return a > b ? a : b; }

int64_t tm_gemm_depth(tm_dtype type, tm_gemm_blocks blocks) {
  return type == TM_BF16 ? tm_widened_depth(blocks) : blocks.depth_bytes / (int64_t)tm_size_of(type);
}

tm_gemm_block tm_gemm_block_of(tm_dtype type, bool pairs, tm_gemm_blocks blocks) {
  if (type == TM_BF16 && pairs) return (tm_gemm_block){tm_pair_depth(blocks), tm_pair_rows(blocks), blocks.columns};
  const int64_t columns = type == TM_BF16 ? smaller(blocks.columns, TM_WIDEN_COLUMNS) : blocks.columns;
  return (tm_gemm_block){tm_gemm_depth(type, blocks), blocks.rows, columns};
}

// Of the pairs, and of the operands as floats.
static size_t bf16_workspace(int64_t m, int64_t n, int64_t k, tm_gemm_blocks blocks) {
  const int64_t pairs = smaller((k + 1) / 2, tm_pair_depth(blocks) / 2), rows = smaller(m, tm_pair_rows(blocks));
  const int64_t panels = (n + TM_GEMM_NR - 1) / TM_GEMM_NR;
  const int64_t columns =
      larger(m > tm_pair_rows(blocks) ? smaller(panels * TM_GEMM_NR, blocks.columns) : 0, TM_BF16_GROUP);
  // The packed block of a and panels of b; or few columns of b and a group of rows of a.
  const size_t paired = (size_t)((larger(rows, TM_PAIR_NARROW) + columns) * pairs + 3 * TM_GEMM_SLACK) * sizeof(uint32_t);
  const int64_t height = smaller(m, blocks.rows), width = smaller(n, TM_WIDEN_COLUMNS);
  const int64_t depth = smaller(k, tm_widened_depth(blocks));
  const size_t widened = (size_t)((height + width) * depth + height * width) * sizeof(float) +
                         tm_gemm_workspace(height, width, depth, TM_F32, 0, blocks);
  return paired > widened ? paired : widened;
}

// Elements of a tall product's packed b. A task has a part of the rows and columns, and may be tall where the whole is not:
// the widest part that is counts.
static int64_t tall_workspace(int64_t m, int64_t n, int64_t k, tm_dtype type) {
  const int64_t width = smaller(n, tm_tall_columns(m, k, type));
  return width > 0 ? (width + TM_GEMM_NR - 1) / TM_GEMM_NR * TM_GEMM_NR * k + TM_GEMM_SLACK : 0;
}

// Elements of a shallow product's copy of b: whole vectors of each row.
static int64_t outer_workspace(int64_t n, int64_t k, tm_dtype type) {
  if (k > TM_GEMM_SHALLOW) return 0;
  const int64_t columns = smaller(n, TM_OUTER_B / (int64_t)tm_size_of(type) / k);
  return (columns + TM_GEMM_NR) * k + TM_GEMM_SLACK;
}

size_t tm_gemm_workspace(int64_t m, int64_t n, int64_t k, tm_dtype type, uint32_t registers, tm_gemm_blocks blocks) {
  const size_t epilogue = registers ? tm_epilogue_workspace(registers) : 0;
  if (m <= 0 || n <= 0 || k <= 0) return epilogue;
  if (type == TM_BF16) return epilogue + bf16_workspace(m, n, k, blocks);
  const int64_t depth = smaller(k, tm_gemm_depth(type, blocks));
  const int64_t rows = smaller(m, blocks.rows);
  const int64_t panels = (n + TM_GEMM_NR - 1) / TM_GEMM_NR;
  const int64_t columns = m > blocks.rows ? smaller(panels * TM_GEMM_NR, blocks.columns) : TM_GEMM_NR;
  // The packed block of a, the packed panels of b, and what a transposing pack writes past the ends.
  const int64_t blocked = rows * depth + columns * depth + 2 * TM_GEMM_SLACK;
  const int64_t whole = larger(tall_workspace(m, n, k, type), outer_workspace(n, k, type));
  return epilogue + (size_t)larger(whole, blocked) * tm_size_of(type);
}

size_t tm_elementwise_workspace(uint32_t register_count) {
  return (size_t)register_count * (TM_BLOCK * sizeof(double) + sizeof(tm_register));
}
