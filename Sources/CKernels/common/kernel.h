// What every kernel source includes first: the contract, contraction off, and how a kernel fails a
// run.
#ifndef TM_KERNEL_H
#define TM_KERNEL_H

#include <math.h>
#include <string.h>

#include "../include/CKernels.h"

// For the rest of the translation unit. Flags cannot say it: a package with unsafeFlags cannot be a
// dependency.
#pragma STDC FP_CONTRACT OFF

// Reports a failure. The first of a run wins; the reader looks once every worker is done.
static inline void tm_fail(const tm_frame *frame, tm_failure_code code, uint32_t call,
                           int64_t position, int64_t value, int64_t limit) {
  uint32_t expected = TM_OK;
  if (__atomic_compare_exchange_n(&frame->failure->code, &expected, (uint32_t)code, false,
                                  __ATOMIC_RELAXED, __ATOMIC_RELAXED)) {
    frame->failure->call = call;
    frame->failure->position = position;
    frame->failure->value = value;
    frame->failure->limit = limit;
    frame->failure->step = frame->step;
  }
}

// Element `i` of an array of indices or labels.
static inline int64_t tm_index_at(const void *indices, uint8_t type, int64_t i) {
  return type == TM_I32 ? ((const int32_t *)indices)[i] : ((const int64_t *)indices)[i];
}

// How many registers an instruction reads.
static inline int tm_operand_count(uint8_t opcode) {
  switch (opcode) {
    case TM_IOTA: case TM_UNIFORM:
      return 0;
    case TM_FMA: case TM_SELECT:
      return 3;
    case TM_ADD: case TM_SUB: case TM_MUL: case TM_DIV: case TM_MAX: case TM_MIN: case TM_POW:
    case TM_EQ: case TM_NE: case TM_LT: case TM_LE: case TM_GT: case TM_GE:
    case TM_AND: case TM_OR:
      return 2;
    default:
      return 1;
  }
}

#endif
