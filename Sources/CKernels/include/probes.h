// Probes: loops that show what the machine itself can do, beside which kernels are measured. They
// have the signature of kernels, so that the threads that run tasks run them.
#ifndef TM_PROBES_H
#define TM_PROBES_H

#include "CKernels.h"

// Fused multiply-adds on registers alone, in more sums than the units have stages. `out` takes one
// double, which is a finite number.
typedef struct tm_peak_arguments {
  tm_ref out;
  int64_t iterations;
} tm_peak_arguments;

// a[i] := b[i] + 3 * c[i] for begin <= i < end: the triad of McCalpin's STREAM, in float32. Arrays are
// 64-byte aligned; begin and end are multiples of TM_TRIAD_STEP. `streams`: past the caches, where
// the CPU has such stores.
typedef struct tm_triad_arguments {
  tm_ref a, b, c;
  int64_t begin, end;
  bool streams;
} tm_triad_arguments;

enum { TM_TRIAD_STEP = 16 };

// The kernel of Task Bench (Slaughter et al., SC20): each of 64 doubles goes through a chain of multiply-adds
// of `factor` times as many links as `iterations` says when the task runs. `values` are 64-byte aligned.
typedef struct tm_links_arguments {
  tm_ref iterations, values;
  int64_t factor;
} tm_links_arguments;

enum { TM_LINKS_VALUES = 64 };

typedef enum tm_peak_type { TM_PEAK_F32, TM_PEAK_F64, TM_PEAK_BF16 } tm_peak_type;

typedef struct tm_probe {
  tm_kernel kernel;  // takes tm_peak_arguments; null where this CPU has no such instructions
  int64_t flops;     // of one iteration; a fused multiply-add is two
} tm_probe;

// The arithmetic peak of an instruction set. bf16: dot products of pairs, summed in float32, which
// needs AVX512-BF16. Plain C has no fused multiply-add: a multiplication and an addition.
tm_probe tm_peak(tm_isa isa, tm_peak_type type);

// The triad with an instruction set's vectors, or null where this CPU has it not.
tm_kernel tm_triad(tm_isa isa);

// The chains with an instruction set's vectors, or null where this CPU has it not.
tm_kernel tm_links(tm_isa isa);

#endif
