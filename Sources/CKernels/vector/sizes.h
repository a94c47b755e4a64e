// The sizes of panels, and what a tile program keeps in its workspace.
#ifndef TM_SIZES_H
#define TM_SIZES_H

#include "../common/kernel.h"

enum {
  TM_GEMM_NR = 32,     // no panel of b is wider, but for those of tall products
  TM_GEMM_SLACK = 64,  // elements between and after the packed blocks

  TM_ROW_COLUMNS = 2048,  // columns of a single row whose sums wait in L1

  TM_BF16_GROUP = 128,     // columns of a b of bfloat16 that are packed side by side, so that its rows are read in runs
  TM_WIDEN_COLUMNS = 256,  // and that are made float32 at once, where there are no dot products of bfloat16

  TM_BLOCK = 512,      // elements of a tile program's registers: 2 KiB of floats each
  // Where results are streamed: shorter, so that loads of a block and stores of the one before go on together, and the
  // inputs of the fourth one from here are asked for.
  TM_STREAM_BLOCK = 128,
  TM_STREAM_AHEAD = 4,
};

// Blocks of bfloat16: as deep in bytes as those of float32, and half as high, since twice as many elements of a row are
// walked at once. Pairs stay together.
static inline int64_t tm_pair_depth(tm_gemm_blocks blocks) { return blocks.depth_bytes / 4 * 2; }
static inline int64_t tm_pair_rows(tm_gemm_blocks blocks) { return blocks.rows > 1 ? blocks.rows / 2 : 1; }

// And of its elements as float32.
static inline int64_t tm_widened_depth(tm_gemm_blocks blocks) { return blocks.depth_bytes / 8 * 2; }

// What an epilogue keeps in front of the packed blocks: its registers, and the sums of a single row.
static inline size_t tm_epilogue_workspace(uint32_t register_count) {
  return ((size_t)register_count * TM_BLOCK + TM_ROW_COLUMNS) * sizeof(double);
}

// Where a register's elements come from.
typedef enum tm_source {
  TM_FROM_MEMORY,    // an input read in place
  TM_FROM_COPY,      // an input that an output overwrites too early
  TM_FROM_CONSTANT,  // a splat or an immediate: its buffer was filled once
  TM_FROM_WALK,      // a strided input
  TM_FROM_CODE,      // a temporary
} tm_source;

// What a tile program knows of a register while it runs.
typedef struct tm_register {
  char *base;          // of an input
  char *direct;        // of the output that instruction `writer` stores to at once, or null
  const void *memory;  // the current block's elements
  uint32_t writer;
  uint32_t rank;       // from here on: the walk of a strided operand
  int64_t stride[TM_MAX_RANK], extent[TM_MAX_RANK], at[TM_MAX_RANK];
  int64_t position;
  uint8_t source, size;
} tm_register;

#endif
