// Tile programs: every instruction by itself, over operands of every kind, and programs of many
// exact instructions with several outputs, some in place.
#include "harness.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

typedef struct program {
  tm_operand inputs[4], outputs[3];
  tm_instruction code[24];
  tm_elementwise_arguments e;
} program;

static void random_space(tm_elementwise_arguments *e) {
  e->rank = 1 + (uint32_t)random_below(3);
  int64_t total = 1;
  for (uint32_t d = 0; d < e->rank; d++) {
    e->dims[d] = random_extent(d + 1 < e->rank ? 12 : 700);
    total *= e->dims[d];
  }
  e->begin = random_below(total / 2 + 1);
  e->end = random_below(3) ? total : e->begin + random_below(total - e->begin + 1);
}

static int64_t element_count(const tm_elementwise_arguments *e) {
  int64_t total = 1;
  for (uint32_t d = 0; d < e->rank; d++) total *= e->dims[d];
  return total;
}

// Row-major over the space, in any order of dimensions, with some strides 0 if `broadcast`.
static int64_t random_strides(const tm_elementwise_arguments *e, tm_operand *operand,
                              bool broadcast) {
  int64_t span = 1;
  uint32_t order[TM_MAX_RANK];
  for (uint32_t d = 0; d < e->rank; d++) order[d] = d;
  for (uint32_t d = 0; d < e->rank; d++) {
    const uint32_t other = (uint32_t)random_below(e->rank), t = order[d];
    order[d] = order[other];
    order[other] = t;
  }
  for (uint32_t i = 0; i < e->rank; i++) {
    const uint32_t d = order[i];
    operand->strides[d] = span;
    if (broadcast && random_below(3) == 0)
      operand->strides[d] = 0;
    else
      span *= e->dims[d] + random_below(2);
  }
  return element_count(e) == 0 ? 0 : span;
}

static tm_operand random_input(test_case *c, const tm_elementwise_arguments *e, tm_dtype type,
                               double low, double high) {
  tm_operand in = {.type = (uint8_t)type, .kind = (uint8_t)random_below(4)};
  int64_t count = element_count(e);
  if (in.kind == TM_SPLAT || in.kind == TM_IMMEDIATE) count = 1;
  if (in.kind == TM_STRIDED) count = random_strides(e, &in, true);
  in.ref = add_slot(c, type, (size_t)count, low, high);
  if (in.kind == TM_IMMEDIATE)
    memcpy(&in.immediate, c->slots[in.ref.slot].memory, tm_size_of(type));
  return in;
}

static tm_operand random_output(test_case *c, const tm_elementwise_arguments *e, tm_dtype type,
                                tolerance allowed) {
  tm_operand out = {.type = (uint8_t)type, .kind = random_below(2) ? TM_LINEAR : TM_STRIDED};
  const int64_t count = out.kind == TM_LINEAR ? element_count(e) : random_strides(e, &out, false);
  out.ref = add_output(c, type, (size_t)count, allowed);
  return out;
}

static void finish_program(test_case *c, program *p, const tm_kernel_table *table) {
  p->e.inputs = p->inputs;
  p->e.outputs = p->outputs;
  p->e.code = p->code;
  p->e.streams = random_below(3) == 0;
  c->workspace = tm_elementwise_workspace(p->e.register_count);
  check_case(c, table, KERNEL(elementwise), &p->e);
}

static bool is_inexact(int opcode) {
  return opcode == TM_RSQRT || (opcode >= TM_EXP && opcode <= TM_COS) ||
         (opcode >= TM_SILU && opcode <= TM_GELU_TANH_DERIVATIVE);
}

// One instruction over the type `from`; the result is of `type`.
static void check_instruction(const tm_kernel_table *table, int opcode, tm_dtype type,
                              tm_dtype from) {
  program p = {0};
  random_space(&p.e);
  test_case c = new_case("opcode %d type %d from %d", opcode, type, from);
  const bool none = opcode == TM_IOTA || opcode == TM_UNIFORM;
  const bool domain = opcode == TM_LOG || opcode == TM_LOG1P || opcode == TM_POW;
  const double low = domain ? 0 : -9, high = 9;
  if (!none) {
    const tm_dtype first = opcode == TM_SELECT ? TM_BOOL : from;
    p.inputs[0] = random_input(&c, &p.e, first, low, high);
    p.inputs[1] = random_input(&c, &p.e, from, low, high);
    p.inputs[2] = random_input(&c, &p.e, from, low, high);
    p.e.input_count = 3;
  }
  // Derivatives have roots, where their error is absolute.
  const bool derivative = opcode == TM_SILU_DERIVATIVE || opcode == TM_GELU_DERIVATIVE ||
                          opcode == TM_GELU_TANH_DERIVATIVE;
  const double absolute = derivative ? (type == TM_F32 ? 0x1p-22 : 0x1p-51) : 0;
  const tolerance allowed = {is_inexact(opcode) ? 4 : 0, absolute};
  p.outputs[0] = random_output(&c, &p.e, type, allowed);
  p.outputs[0].reg = (uint8_t)p.e.input_count;
  p.e.output_count = p.e.instruction_count = 1;
  p.e.register_count = p.e.input_count + 1;
  p.code[0] = (tm_instruction){
      .opcode = (uint8_t)opcode, .type = (uint8_t)type, .from = (uint8_t)from,
      .result = (uint8_t)p.e.input_count, .x = 0, .y = 1, .z = 2,
      .parameter = {1 + random_below(40), 1 + random_below(40)},
  };
  finish_program(&c, &p, table);
}

static void check_all_instructions(const tm_kernel_table *table) {
  static const tm_dtype numbers[] = {TM_F32, TM_F64, TM_I32, TM_I64, TM_BOOL, TM_BF16};
  for (int opcode = 0; opcode < TM_OPCODE_COUNT; opcode++)
    for (int t = 0; t < 6; t++) {
      const tm_dtype type = numbers[t];
      const bool comparison = opcode >= TM_EQ && opcode <= TM_GE;
      const bool logic = opcode >= TM_AND && opcode <= TM_NOT;
      const bool any =
          opcode == TM_COPY || opcode == TM_SELECT || opcode == TM_MAX || opcode == TM_MIN;
      const bool floats = (opcode >= TM_SQRT && opcode <= TM_FMA) || opcode == TM_UNIFORM;
      if (opcode == TM_CAST) {
        for (int from = 0; from < 6; from++) check_instruction(table, opcode, type, numbers[from]);
        continue;
      }
      if (type == TM_BF16 && opcode != TM_COPY && opcode != TM_SELECT) continue;
      if (logic && type != TM_BOOL) continue;
      if (!logic && !comparison && !any && type == TM_BOOL) continue;
      if (floats && type != TM_F32 && type != TM_F64) continue;
      check_instruction(table, opcode, comparison ? TM_BOOL : type, type);
    }
}

// Rows of any length, the last one shorter where the space ends; cuts lie between rows.
static void add_reduction(test_case *c, program *p, tm_dtype type, tm_reduction reduction, int64_t row,
                          tolerance allowed) {
  const int64_t total = element_count(&p->e), rows = (total + row - 1) / row;
  const int64_t first = random_below(rows + 1), last = first + random_below(rows - first + 1);
  p->e.begin = first * row < total ? first * row : total;
  p->e.end = last * row < total ? last * row : total;
  p->e.reduction = (tm_row_reduction){
      .out = add_output(c, type, (size_t)rows, allowed),
      .row = row, .reduction = (uint8_t)reduction, .type = (uint8_t)type,
      .reg = (uint8_t)(p->e.register_count - 1),
  };
}

// Sums of positive numbers, which have no cancellation, and of integers, of any type; with or without the terms.
static void check_sum(const tm_kernel_table *table, int round) {
  program p = {0};
  random_space(&p.e);
  const tm_dtype type = (tm_dtype)random_below(4);
  test_case c = new_case("sum at the end %d: type %d", round, type);
  for (int i = 0; i < 2; i++) p.inputs[i] = random_input(&c, &p.e, type, 0.5, 1.5);
  p.e.input_count = 2;
  p.e.register_count = 3;
  p.e.instruction_count = 1;
  p.code[0] = (tm_instruction){
      .opcode = TM_MUL, .type = (uint8_t)type, .from = (uint8_t)type, .result = 2, .x = 0, .y = 1};
  p.e.output_count = (uint32_t)random_below(2);
  p.outputs[0] = random_output(&c, &p.e, type, (tolerance){0, 0});
  p.outputs[0].reg = 2;
  const int64_t row = 1 + random_extent(random_below(2) ? 40 : 3000);
  add_reduction(&c, &p, type, TM_SUM, row, (tolerance){type > TM_F64 ? 0 : 8 + log2((double)row), 0});
  finish_program(&c, &p, table);
}

// Several exact f32 instructions over few registers, so that registers are written again; the
// outputs may lie in the memory of linear inputs.
static void check_program(const tm_kernel_table *table, int round) {
  static const uint8_t exact[] = {TM_COPY, TM_ADD, TM_SUB, TM_MUL, TM_MAX, TM_MIN,
                                  TM_NEG, TM_ABS, TM_SIGN, TM_FLOOR, TM_FMA};
  program p = {0};
  random_space(&p.e);
  test_case c = new_case("program %d", round);
  p.e.input_count = 3;
  p.e.register_count = 6;
  for (uint32_t i = 0; i < 3; i++) p.inputs[i] = random_input(&c, &p.e, TM_F32, -2, 2);
  p.e.instruction_count = 3 + (uint32_t)random_below(12);
  for (uint32_t i = 0; i < p.e.instruction_count; i++) {
    const uint32_t written = i < 3 ? 3 + i : 6;  // every temporary is written before it is read
    p.code[i] = (tm_instruction){
        .opcode = exact[random_below(sizeof exact)], .type = TM_F32, .from = TM_F32,
        .result = (uint8_t)(i < 3 ? 3 + i : 3 + random_below(3)),
        .x = (uint8_t)random_below(written), .y = (uint8_t)random_below(written),
        .z = (uint8_t)random_below(written),
    };
  }
  p.e.output_count = 1 + (uint32_t)random_below(3);
  for (uint32_t o = 0; o < p.e.output_count; o++) {
    if (p.inputs[o].kind == TM_LINEAR && random_below(2)) {
      p.outputs[o] = p.inputs[o];
    } else {
      p.outputs[o] = random_output(&c, &p.e, TM_F32, (tolerance){0, 0});
    }
    p.outputs[o].reg = (uint8_t)random_below(6);
  }
  if (random_below(2))
    // Of zeros of both signs either may be the largest.
    add_reduction(&c, &p, TM_F32, TM_REDUCE_MAX, 1 + random_extent(random_below(2) ? 40 : 3000),
                  (tolerance){0, 1e-40});
  finish_program(&c, &p, table);
}

void check_elementwise(const tm_kernel_table *table) {
  for (int round = 0; round < 12; round++) check_all_instructions(table);
  for (int round = 0; round < 1500; round++) check_program(table, round);
  for (int round = 0; round < 600; round++) check_sum(table, round);
}
