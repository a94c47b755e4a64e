// Products whose tiles go through a tile program: the same bits as the oracle, over operands of every kind, with outputs
// that lie where an input does, and at depths at which sums wait in memory.
#include "harness.h"

#include <string.h>

enum { INPUTS = 6, SUMS = 2, REGISTERS = 13 };

// A matrix for each product of the batch, rows or columns contiguous, with padding.
static tm_operand matrix(test_case *c, const tm_gemm_arguments *g, tm_dtype type, bool output, bool turned) {
  const int64_t padding = random_below(3);
  tm_operand x = {.type = (uint8_t)type, .kind = TM_STRIDED};
  x.strides[1] = turned ? 1 : g->n + padding;
  x.strides[2] = turned ? g->m + padding : 1;
  x.strides[0] = turned ? g->n * x.strides[2] : g->m * x.strides[1];
  const size_t count = (size_t)(g->batch * x.strides[0]);
  x.ref = output ? add_output(c, type, count, (tolerance){0, 0}) : add_slot(c, type, count, -2, 2);
  return x;
}

// A number for each row, for each column, or a single one.
static tm_operand vector(test_case *c, const tm_gemm_arguments *g, tm_dtype type, int along) {
  tm_operand x = {.type = (uint8_t)type, .kind = along < 0 ? TM_SPLAT : TM_STRIDED};
  if (along >= 0) x.strides[along] = 1;
  x.ref = add_slot(c, type, (size_t)(along < 0 ? 1 : along == 1 ? g->m : g->n), -2, 2);
  return x;
}

static void check_round(const tm_kernel_table *table, int round) {
  // Of the program, and of the operands.
  const tm_dtype type = random_below(3) ? TM_F32 : TM_F64;
  const tm_dtype operands = type == TM_F32 && random_below(2) ? TM_BF16 : type;
  const bool is_row = round % 7 == 0;
  tm_gemm_arguments g = {
      .m = is_row ? 1 : round % 11 == 0 ? 337 + random_below(40) : random_extent(round % 20 ? 70 : 400),
      .n = random_extent(is_row ? 2500 : round % 3 ? 90 : 14),
      .k = random_extent(round % 10 ? 70 : operands == TM_BF16 ? 1100 : 600),
      .batch = 1 + (random_below(5) == 0),
      .blocks = random_blocks(),
      .type = (uint8_t)operands,
  };
  test_case c = new_case("epilogue %d: %ldx%ldx%ld type %d", round, (long)g.m, (long)g.n, (long)g.k, operands);
  g.a_row_stride = g.k;
  g.a_column_stride = g.b_column_stride = 1;
  g.b_row_stride = g.n;
  g.a_batch_stride = g.m * g.k;
  g.b_batch_stride = g.k * g.n;
  g.a = add_slot(&c, operands, (size_t)(g.batch * g.a_batch_stride), -1, 1);
  g.b = add_slot(&c, operands, (size_t)(g.batch * g.b_batch_stride), -1, 1);
  // What is left in c where sums wait there is nobody's business: a slot that the oracle does not touch must not differ.
  const bool waits = g.k > tm_gemm_depth(operands, g.blocks);
  tm_operand inputs[INPUTS] = {
      vector(&c, &g, type, 2), vector(&c, &g, type, 1), {0}, matrix(&c, &g, type, false, random_below(4) == 0),
      vector(&c, &g, type, -1), {.kind = TM_IMMEDIATE, .type = (uint8_t)type},
  };
  if (type == TM_F32)
    memcpy(&inputs[5].immediate, &(float){0.75f}, 4);
  else
    memcpy(&inputs[5].immediate, &(double){0.75}, 8);
  const uint8_t t = (uint8_t)type;
  const tm_instruction code[] = {
      {TM_FMA, t, t, 6, SUMS, 5, 0, {0, 0}},      // sums * 0.75 + row
      {TM_GT, TM_BOOL, t, 7, 6, 3, 0, {0, 0}},    // > matrix
      {TM_SELECT, t, t, 8, 7, 6, 1, {0, 0}},      // ? : column
      {TM_UNIFORM, t, t, 9, 0, 0, 0, {3, 0}},
      {TM_IOTA, t, t, 10, 0, 0, 0, {7, 11}},
      {TM_FMA, t, t, 11, 9, 10, 8, {0, 0}},
      {TM_MUL, t, t, 12, 3, 4, 0, {0, 0}},        // matrix * number
  };
  tm_operand outputs[4] = {
      matrix(&c, &g, type, true, false),
      matrix(&c, &g, TM_BOOL, true, random_below(4) == 0),
      inputs[3],  // in place
      matrix(&c, &g, type, true, false),
  };
  outputs[0].reg = 11;
  outputs[1].reg = 7;
  outputs[2].reg = 12;
  outputs[3].reg = SUMS;
  const tm_gemm_epilogue epilogue = {
      .inputs = inputs, .outputs = outputs, .code = code,
      .input_count = INPUTS, .output_count = 4, .instruction_count = 7, .register_count = REGISTERS, .sums = SUMS,
      .index = 5, .index_batch_stride = g.m * g.n, .index_row_stride = g.n,
  };
  g.epilogue = &epilogue;
  if (waits) {
    g.c = outputs[3].ref;
    g.c_row_stride = outputs[3].strides[1];
    g.c_batch_stride = outputs[3].strides[0];
  } else {
    g.c = (tm_ref){.offset = 1 << 20, .slot = g.a.slot};  // never touched
  }
  c.workspace = tm_gemm_workspace(g.m, g.n, g.k, operands, REGISTERS, g.blocks);
  check_case(&c, table, operands == TM_BF16 ? KERNEL(gemm_bf16) : KERNEL(gemm), &g);
}

// Each form as the program that it stands for: what the oracle runs. A single result of floats may be narrowed.
static void check_form(const tm_kernel_table *table, int form, int round) {
  const tm_dtype type = random_below(3) ? TM_F32 : TM_F64;
  const tm_dtype operands = type == TM_F32 && random_below(2) ? TM_BF16 : type;
  const bool narrows = form == TM_FORM_SUMS || (form != TM_FORM_MOMENTUM && type == TM_F32 && random_below(2));
  tm_gemm_arguments g = {
      .m = round % 12 ? random_extent(70) : 337 + random_below(20), .n = random_extent(90),
      .k = random_extent(round % 10 ? 70 : 600), .batch = 1,
      .blocks = random_blocks(), .type = (uint8_t)operands,
  };
  // A narrow result has no room for sums that wait.
  const int64_t deepest = tm_gemm_depth(operands, g.blocks);
  if (narrows && g.k > deepest) g.k = deepest;
  test_case c = new_case("form %d: %ldx%ldx%ld type %d %d", form, (long)g.m, (long)g.n, (long)g.k, operands, narrows);
  g.a_row_stride = g.k;
  g.a_column_stride = g.b_column_stride = 1;
  g.b_row_stride = g.n;
  g.a = add_slot(&c, operands, (size_t)(g.m * g.k), -1, 1);
  g.b = add_slot(&c, operands, (size_t)(g.k * g.n), -1, 1);
  enum { S, X, Y, R, P, Q, T, U, N };
  const tm_operand inputs[6] = {
      {0}, matrix(&c, &g, type, false, false), matrix(&c, &g, type, false, false), vector(&c, &g, type, 2),
      vector(&c, &g, type, -1), vector(&c, &g, type, -1),
  };
  const uint8_t t = (uint8_t)type;
#define TO(op, result, x, y) {op, t, t, result, x, y, 0, {0, 0}}
  tm_instruction programs[TM_FORM_COUNT][5] = {
      [TM_FORM_ADD] = {TO(TM_ADD, T, S, X)},
      [TM_FORM_SCALE] = {TO(TM_MUL, T, S, P)},
      [TM_FORM_SCALE_ADD] = {TO(TM_MUL, T, S, P), TO(TM_MUL, U, X, Q), TO(TM_ADD, T, T, U)},
      [TM_FORM_ADD_ROW] = {TO(TM_ADD, T, S, R)},
      [TM_FORM_ADD_ROW_MAX] = {TO(TM_ADD, T, S, R), TO(TM_MAX, T, P, T)},
      [TM_FORM_MAX_ADD_ROW] = {TO(TM_ADD, T, S, R), TO(TM_MAX, T, T, P)},
      [TM_FORM_WHERE_OVER] = {{TM_GT, TM_BOOL, t, U, X, P, 0, {0, 0}}, {TM_SELECT, t, t, T, U, S, Q, {0, 0}}},
      [TM_FORM_SIGMOID_SLOPE] = {TO(TM_SUB, T, P, X), TO(TM_MUL, T, X, T), TO(TM_MUL, T, S, T)},
      [TM_FORM_TANH_SLOPE] = {TO(TM_MUL, T, X, X), TO(TM_SUB, T, P, T), TO(TM_MUL, T, S, T)},
      [TM_FORM_DESCENT] = {TO(TM_MUL, T, S, P), TO(TM_SUB, T, X, T)},
      [TM_FORM_MOMENTUM] = {TO(TM_MUL, T, X, P), TO(TM_ADD, T, T, S), TO(TM_MUL, U, T, Q), TO(TM_SUB, U, Y, U)},
  };
#undef TO
  uint32_t count = 0;
  while (count < 4 && programs[form][count].opcode) count++;
  if (narrows)
    programs[form][count++] = (tm_instruction){TM_CAST, TM_BF16, t, N, form == TM_FORM_SUMS ? S : T, 0, 0, {0, 0}};
  // Half of the time in place of the matrix, as updates are.
  const bool in_place = !narrows && g.k <= deepest && random_below(2);
  tm_operand outputs[2] = {
      in_place ? inputs[X] : matrix(&c, &g, narrows ? TM_BF16 : type, true, false), inputs[Y]};
  outputs[0].reg = narrows ? N : T;
  outputs[1].reg = U;
  const tm_gemm_epilogue epilogue = {
      .inputs = inputs, .outputs = outputs, .code = programs[form],
      .input_count = 6, .output_count = form == TM_FORM_MOMENTUM ? 2 : 1, .instruction_count = count,
      .register_count = 9, .sums = S, .form = (uint8_t)form,
      .matrices = {X, Y}, .row = R, .numbers = {P, Q}, .index_row_stride = g.n,
  };
  g.epilogue = &epilogue;
  g.c = outputs[0].ref;
  g.c_row_stride = outputs[0].strides[1];
  c.workspace = tm_gemm_workspace(g.m, g.n, g.k, operands, 9, g.blocks);
  check_case(&c, table, operands == TM_BF16 ? KERNEL(gemm_bf16) : KERNEL(gemm), &g);
}

void check_epilogue(const tm_kernel_table *table) {
  for (int round = 0; round < 600; round++) check_round(table, round);
  for (int form = TM_FORM_NONE + 1; form < TM_FORM_COUNT; form++)
    for (int round = 0; round < 60; round++) check_form(table, form, round);
}
