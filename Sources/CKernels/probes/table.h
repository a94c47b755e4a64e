// The probes of one instruction set.
#ifndef TM_PROBE_TABLE_H
#define TM_PROBE_TABLE_H

#include "../include/CKernels.h"

typedef struct tm_probe_table {
  tm_probe peak[3];  // by tm_peak_type
  tm_kernel triad, links;
} tm_probe_table;

extern const tm_probe_table tm_scalar_probes;

#if defined(__x86_64__)
extern const tm_probe_table tm_avx2_probes, tm_avx512_probes;
#elif defined(__aarch64__)
extern const tm_probe_table tm_neon_probes;
#endif

#endif
