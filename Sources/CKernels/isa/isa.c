// What this CPU can run: one probe, one table.
#include "isa.h"

#if defined(__aarch64__) && defined(__linux__)
#include <sys/auxv.h>
#endif

// __builtin_cpu_supports also asks XGETBV whether the operating system saves the wide registers.
const tm_kernel_table *tm_kernels(tm_isa isa) {
  switch (isa) {
    case TM_SCALAR:
      return &tm_scalar_table;
#if defined(__x86_64__)
    case TM_AVX2:
      __builtin_cpu_init();
      return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? &tm_avx2_table
                                                                             : NULL;
    case TM_AVX512:
      __builtin_cpu_init();
      return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
                     __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
                     __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw")
                 ? &tm_avx512_table
                 : NULL;
    case TM_AVX512_BF16:
      return tm_kernels(TM_AVX512) && __builtin_cpu_supports("avx512bf16") ? &tm_avx512_bf16_table
                                                                           : NULL;
#elif defined(__aarch64__)
    case TM_NEON:
#if defined(__linux__)
      return getauxval(AT_HWCAP) & (1 << 1) ? &tm_neon_table : NULL;  // HWCAP_ASIMD
#else
      return &tm_neon_table;
#endif
#endif
    default:
      return NULL;
  }
}

tm_isa tm_best_isa(void) {
  if (tm_kernels(TM_AVX512_BF16)) return TM_AVX512_BF16;
  if (tm_kernels(TM_AVX512)) return TM_AVX512;
  if (tm_kernels(TM_AVX2)) return TM_AVX2;
  if (tm_kernels(TM_NEON)) return TM_NEON;
  return TM_SCALAR;
}
