// How much workspace a call may use: upper bounds over every instruction set.
#include "../vector/sizes.h"

static int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }

int64_t tm_gemm_depth(tm_dtype type, tm_gemm_blocks blocks) { return blocks.depth_bytes / (int64_t)tm_size_of(type); }

size_t tm_gemm_workspace(int64_t m, int64_t n, int64_t k, tm_dtype type, uint32_t registers, tm_gemm_blocks blocks) {
  const size_t epilogue = registers ? tm_epilogue_workspace(registers) : 0;
  if (m <= 0 || n <= 0 || k <= 0) return epilogue;
  const int64_t depth = smaller(k, tm_gemm_depth(type, blocks));
  const int64_t rows = smaller(m, blocks.rows);
  const int64_t panels = (n + TM_GEMM_NR - 1) / TM_GEMM_NR;
  const int64_t columns = m > blocks.rows ? smaller(panels * TM_GEMM_NR, blocks.columns) : TM_GEMM_NR;
  // The packed block of a, the packed panels of b, and what a transposing pack writes past the ends.
  return epilogue + (size_t)(rows * depth + columns * depth + 2 * TM_GEMM_SLACK) * tm_size_of(type);
}

size_t tm_elementwise_workspace(uint32_t register_count) {
  return (size_t)register_count * (TM_BLOCK * sizeof(double) + sizeof(tm_register));
}
