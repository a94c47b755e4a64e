// What the native checks share: memory of exact size (so that the sanitizers see every step over
// its end), seeded numbers, and a case: one kernel call, run by a table and by the scalar oracle,
// outputs compared.
#ifndef HARNESS_H
#define HARNESS_H

#include "CKernels.h"

enum { MAX_SLOTS = 12 };

// How far an element may be from the oracle's: `ulps` of it plus `absolute`. Both 0: the same bits.
typedef struct tolerance {
  double ulps, absolute;
} tolerance;

typedef struct slot {
  void *memory;
  size_t count;
  tm_dtype type;
  tolerance allowed;  // inputs and exact outputs: zero
} slot;

// A kernel call under construction. `same_as` gives a slot that lies in the memory of an earlier
// one.
typedef struct test_case {
  char name[96];
  slot slots[MAX_SLOTS];
  int slot_count;
  uint64_t seed, step;
  size_t workspace;
} test_case;

extern long passed, failed;

uint64_t next_random(void);
void seed_random(uint64_t seed);
int64_t random_below(int64_t n);
double random_in(double low, double high);
// A size near the edges of vectors, tiles and blocks, or any below `most`.
int64_t random_extent(int64_t most);

// Blocks of a product: those of a usual core, or any small ones.
tm_gemm_blocks random_blocks(void);

test_case new_case(const char *format, ...) __attribute__((format(printf, 1, 2)));
// A slot with numbers in low ... high (integers: rounded; bool: 0 or 1).
tm_ref add_slot(test_case *c, tm_dtype type, size_t count, double low, double high);
tm_ref add_output(test_case *c, tm_dtype type, size_t count, tolerance allowed);
// Runs `kernel` of both tables on copies of the slots and compares all of them, and the failures.
void check_case(test_case *c, const tm_kernel_table *table, size_t kernel, const void *arguments);

#define KERNEL(name) offsetof(tm_kernel_table, name)

void check_gemm(const tm_kernel_table *table);
void check_epilogue(const tm_kernel_table *table);
void check_elementwise(const tm_kernel_table *table);
void check_rows(const tm_kernel_table *table);

#endif
