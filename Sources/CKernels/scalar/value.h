// One element of any type, for the scalar tile programs.
#ifndef TM_VALUE_H
#define TM_VALUE_H

#include "scalar.h"

typedef union tm_value {
  float f32;
  double f64;
  int32_t i32;
  int64_t i64;
  uint16_t bf16;
  uint8_t boolean;
} tm_value;

static inline tm_value tm_load_value(const void *p, int64_t i, uint8_t type) {
  tm_value v = {.i64 = 0};
  memcpy(&v, (const char *)p + i * (int64_t)tm_size_of(type), tm_size_of(type));
  return v;
}

static inline void tm_store_value(void *p, int64_t i, uint8_t type, tm_value v) {
  memcpy((char *)p + i * (int64_t)tm_size_of(type), &v, tm_size_of(type));
}

tm_value tm_scalar_cast(tm_value x, uint8_t from, uint8_t to);

// The result of one instruction for element `index` of the iteration space.
tm_value tm_scalar_evaluate(const tm_frame *frame, const tm_instruction *code, int64_t index,
                            tm_value x, tm_value y, tm_value z);

// All instructions of a program for element `index`, on its registers.
static inline void tm_scalar_run(const tm_frame *frame, const tm_instruction *code, uint32_t count, int64_t index,
                                 tm_value *registers) {
  for (uint32_t i = 0; i < count; i++) {
    const int operands = tm_operand_count(code[i].opcode);
    const tm_value none = {.i64 = 0};
    registers[code[i].result] =
        tm_scalar_evaluate(frame, &code[i], index, operands > 0 ? registers[code[i].x] : none,
                           operands > 1 ? registers[code[i].y] : none, operands > 2 ? registers[code[i].z] : none);
  }
}

#endif
