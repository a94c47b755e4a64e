// Every vector kernel of this build that the CPU can run against the scalar oracle, over seeded
// shapes. Built with the sanitizers, and for aarch64: see the Makefile. Ends with a line of the
// counts.
#include <stdio.h>

#include "harness.h"

int main(void) {
  for (int isa = TM_SCALAR + 1; isa < TM_ISA_COUNT; isa++) {
    const tm_kernel_table *table = tm_kernels((tm_isa)isa);
    if (!table) continue;
    seed_random(1);
    check_gemm(table);
    check_epilogue(table);
    check_elementwise(table);
    check_rows(table);
    printf("%s: %ld passed, %ld failed so far\n", table->name, passed, failed);
  }
  printf("%ld passed, %ld failed\n", passed, failed);
  return failed != 0 || passed == 0;
}
