// Which probes this CPU can run.
#include "table.h"

static const tm_probe_table *probes(tm_isa isa) {
  if (!tm_kernels(isa)) return NULL;
  switch (isa) {
    case TM_SCALAR:
      return &tm_scalar_probes;
#if defined(__x86_64__)
    case TM_AVX2:
      return &tm_avx2_probes;
    case TM_AVX512:
    case TM_AVX512_BF16:
      return &tm_avx512_probes;
#elif defined(__aarch64__)
    case TM_NEON:
      return &tm_neon_probes;
#endif
    default:
      return NULL;
  }
}

tm_probe tm_peak(tm_isa isa, tm_peak_type type) {
  const tm_probe none = {NULL, 0};
  const tm_probe_table *table = probes(isa);
  if (!table) return none;
#if defined(__x86_64__)
  if (type == TM_PEAK_BF16 && isa != TM_AVX512_BF16) return none;
#endif
  return table->peak[type];
}

tm_kernel tm_links(tm_isa isa) {
  const tm_probe_table *table = probes(isa);
  return table ? table->links : NULL;
}

tm_kernel tm_triad(tm_isa isa) {
  const tm_probe_table *table = probes(isa);
  return table ? table->triad : NULL;
}
