// Rows added to a table by index, in the order of the indices.
#include "scalar.h"

#define TM_SCATTER(T, U)                                                                        \
  static void scatter_##T(const tm_frame *frame, const tm_scatter_add_arguments *g) {           \
    const T *updates = tm_address(frame, g->updates);                                           \
    const void *indices = tm_address(frame, g->indices);                                        \
    T *out = tm_address(frame, g->out);                                                         \
    for (int64_t o = g->outer_begin; o < g->outer_end; o++) {                                   \
      for (int64_t r = 0; r < g->entries; r++)                                                  \
        for (int64_t e = g->width_begin; e < g->width_end; e++)                                 \
          out[(o * g->entries + r) * g->width + e] = 0;                                         \
      for (int64_t i = 0; i < g->count; i++) {                                                  \
        const int64_t index = tm_index_at(indices, g->index_type, i);                           \
        if (index < 0 || index >= g->entries) {                                                 \
          tm_fail(frame, TM_INDEX_OUT_OF_RANGE, g->call, i, index, g->entries);                 \
          continue;                                                                             \
        }                                                                                       \
        for (int64_t e = g->width_begin; e < g->width_end; e++) {                               \
          T *to = &out[(o * g->entries + index) * g->width + e];                                \
          *to = (T)((U)*to + (U)updates[(o * g->count + i) * g->width + e]);                    \
        }                                                                                       \
      }                                                                                         \
    }                                                                                           \
  }

TM_SCATTER(float, float)
TM_SCATTER(double, double)
TM_SCATTER(int32_t, uint32_t)
TM_SCATTER(int64_t, uint64_t)

void tm_scalar_scatter_add(const tm_frame *frame, const void *arguments) {
  const tm_scatter_add_arguments *g = arguments;
  switch (g->type) {
    case TM_F32: scatter_float(frame, g); break;
    case TM_F64: scatter_double(frame, g); break;
    case TM_I32: scatter_int32_t(frame, g); break;
    default: scatter_int64_t(frame, g); break;
  }
}
