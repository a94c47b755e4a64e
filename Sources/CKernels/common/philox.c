// Philox 4x32-10: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC
// 2011.
#include "kernel.h"

void tm_philox(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4]) {
  uint32_t c0 = counter[0], c1 = counter[1], c2 = counter[2], c3 = counter[3];
  uint32_t k0 = key[0], k1 = key[1];
  for (int round = 0; round < 10; round++) {
    const uint64_t p0 = (uint64_t)0xD2511F53u * c0, p1 = (uint64_t)0xCD9E8D57u * c2;
    c0 = (uint32_t)(p1 >> 32) ^ c1 ^ k0;
    c2 = (uint32_t)(p0 >> 32) ^ c3 ^ k1;
    c1 = (uint32_t)p1;
    c3 = (uint32_t)p0;
    k0 += 0x9E3779B9u;
    k1 += 0xBB67AE85u;
  }
  out[0] = c0;
  out[1] = c1;
  out[2] = c2;
  out[3] = c3;
}

double tm_uniform(uint64_t seed, uint64_t step, uint32_t stream, uint64_t index, tm_dtype type) {
  const bool wide = type == TM_F64;
  const uint64_t group = index / (wide ? 2 : 4);
  const uint32_t counter[4] = {(uint32_t)group, (uint32_t)(group >> 32), (uint32_t)step,
                               wide ? stream ^ 0x80000000u : stream};
  const uint32_t key[2] = {(uint32_t)seed, (uint32_t)(seed >> 32) ^ (uint32_t)(step >> 32)};
  uint32_t word[4];
  tm_philox(counter, key, word);
  if (!wide) return (double)(word[index % 4] >> 8) * 0x1p-24;
  const uint32_t high = word[2 * (index % 2)] >> 5, low = word[2 * (index % 2) + 1] >> 6;
  return ((double)high * 0x1p26 + (double)low) * 0x1p-53;
}
