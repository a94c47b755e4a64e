// Reductions, one element after the other.
#include "fold.h"

void tm_scalar_reduce(const tm_frame *frame, const void *arguments) {
  const tm_reduce_arguments *g = arguments;
  const void *in = tm_address(frame, g->in);
  void *out = tm_address(frame, g->out);
  for (int64_t o = g->outer_begin; o < g->outer_end; o++)
    for (int64_t i = g->inner_begin; i < g->inner_end; i++) {
      tm_folded fold = tm_fold_start(g->type, g->reduction);
      for (int64_t r = 0; r < g->count; r++)
        tm_fold_add(&fold, g->type, g->reduction,
                    tm_load_value(in, (o * g->count + r) * g->inner + i, g->type));
      tm_store_value(out, o * g->inner + i, g->type, tm_fold_result(fold, g->type));
    }
}
