// The functions of one argument that the sweep holds against the truth.
#ifndef FUNCTIONS_H
#define FUNCTIONS_H

#include "CKernels.h"

typedef struct function {
  const char *name;
  int opcode;
  double (*narrow)(double);           // the truth for f32
  long double (*wide)(long double);   // the truth for f64
  // In low ... high, around a root of a derivative, an error is in ulps of `magnitude` or larger.
  double low, high, magnitude;
} function;

extern const function functions[];
extern const int function_count;

#endif
