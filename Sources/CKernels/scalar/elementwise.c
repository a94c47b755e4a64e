// Tile programs, one element at a time: all inputs are read before any output is written.
#include "fold.h"

// The element of `operand` that belongs to element `index` of the iteration space.
static int64_t position(const tm_elementwise_arguments *e, const tm_operand *operand,
                        int64_t index) {
  if (operand->kind == TM_LINEAR) return index;
  if (operand->kind == TM_SPLAT) return 0;
  int64_t at = 0;
  for (uint32_t d = e->rank; d-- > 0;) {
    at += index % e->dims[d] * operand->strides[d];
    index /= e->dims[d];
  }
  return at;
}

void tm_scalar_elementwise(const tm_frame *frame, const void *arguments) {
  const tm_elementwise_arguments *e = arguments;
  const tm_row_reduction *reduced = &e->reduction;
  tm_value *registers = frame->workspace;
  tm_folded fold = tm_fold_start(reduced->type, reduced->reduction);
  for (int64_t index = e->begin; index < e->end; index++) {
    for (uint32_t i = 0; i < e->input_count; i++) {
      const tm_operand *in = &e->inputs[i];
      const bool immediate = in->kind == TM_IMMEDIATE;
      const void *memory = immediate ? &in->immediate : tm_address(frame, in->ref);
      registers[i] = tm_load_value(memory, immediate ? 0 : position(e, in, index), in->type);
    }
    tm_scalar_run(frame, e->code, e->instruction_count, index, registers);
    for (uint32_t i = 0; i < e->output_count; i++) {
      const tm_operand *out = &e->outputs[i];
      tm_store_value(tm_address(frame, out->ref), position(e, out, index), out->type,
                     registers[out->reg]);
    }
    if (reduced->row == 0) continue;
    tm_fold_add(&fold, reduced->type, reduced->reduction, registers[reduced->reg]);
    if ((index + 1) % reduced->row != 0 && index + 1 != e->end) continue;
    tm_store_value(tm_address(frame, reduced->out), index / reduced->row, reduced->type,
                   tm_fold_result(fold, reduced->type));
    fold = tm_fold_start(reduced->type, reduced->reduction);
  }
}
