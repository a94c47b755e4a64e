// Rows of a table by index, byte for byte.
#include "scalar.h"

void tm_scalar_gather(const tm_frame *frame, const void *arguments) {
  const tm_gather_arguments *g = arguments;
  const size_t size = tm_size_of((tm_dtype)g->type);
  const char *table = tm_address(frame, g->table);
  const void *indices = tm_address(frame, g->indices);
  char *out = tm_address(frame, g->out);
  for (int64_t o = g->outer_begin; o < g->outer_end; o++)
    for (int64_t i = g->index_begin; i < g->index_end; i++) {
      const int64_t index = tm_index_at(indices, g->index_type, i);
      const bool inside = index >= 0 && index < g->entries;
      if (!inside) tm_fail(frame, TM_INDEX_OUT_OF_RANGE, g->call, i, index, g->entries);
      for (size_t byte = 0; byte < (size_t)g->width * size; byte++)
        out[(size_t)((o * g->count + i) * g->width) * size + byte] =
            inside ? table[(size_t)((o * g->entries + index) * g->width) * size + byte] : 0;
    }
}
