// An epilogue on its way through a call, for the sources that run one (epilogue.inc).
#ifndef TM_EPILOGUE_H
#define TM_EPILOGUE_H

#include "../../common/kernel.h"

enum { TM_AHEAD = 4 };  // matrices whose next rows a tile asks for

typedef struct tm_epilogue_run tm_epilogue_run;

// An operand in memory, and how far apart its elements are, in bytes.
typedef struct tm_place {
  char *base;  // of the current batch
  int64_t batch, row, column, size;
} tm_place;

struct tm_epilogue_run {
  const tm_frame *frame;
  const tm_gemm_epilogue *e;
  int64_t batch;
  void *sums;  // where a tile of them may wait, in L1
  // For programs of a form, null for others.
  void (*form)(const tm_epilogue_run *run, const void *sums, int64_t i, int64_t j, int64_t rows, int64_t columns);
  const void *memory[256];  // of each register
  tm_place inputs[256], outputs[256];
  // The matrices that the program walks row by row, each once: what a tile should ask for ahead.
  const tm_place *ahead[TM_AHEAD];
  int ahead_count;
};

// The functions of AVX-512, for its product of bfloat16, which is a source of its own.
typedef struct tm_epilogue_functions {
  void (*start)(tm_epilogue_run *run, const tm_frame *frame, const tm_gemm_epilogue *e, tm_dtype sums);
  void (*next_batch)(tm_epilogue_run *run);
  void (*run)(tm_epilogue_run *run, const void *sums, int64_t i, int64_t j, int64_t rows, int64_t columns);
} tm_epilogue_functions;

extern const tm_epilogue_functions tm_avx512_epilogue;

#endif
