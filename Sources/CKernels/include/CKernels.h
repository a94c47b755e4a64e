// The kernels: what runs inside one task, on one thread.
//
// A kernel reads and writes memory it is told about and nothing else. It starts no threads, allocates
// nothing, takes no locks and keeps no globals. Every kernel has one signature:
//
//     void kernel(const tm_frame *frame, const void *arguments)
//
// `arguments` points to an immutable structure of the kernel's own type, made once when a graph is
// compiled; `frame` belongs to the worker that runs the task. Memory is named by (slot, offset), so the
// same arguments serve any number of sessions at once: a session is a table of base addresses.
//
// Contract of all kernels:
//  - Strides, counts and indices are in ELEMENTS, offsets (tm_ref.offset) in BYTES. Strides may be 0
//    (broadcast) or negative for inputs.
//  - Nothing is read or written outside the elements that the arguments describe, whatever the alignment:
//    memory needs only its element's alignment. Zero extents are allowed and do nothing.
//  - Inputs and outputs do not overlap, except where a kernel says so.
//  - Same bits: the result of an output element depends on the shapes, the types and the instruction
//    set only, never on how the tasks were cut (`begin`, `end`, `row_begin`, ...).
//  - Contraction is off; fused multiply-adds are explicit.
#ifndef CKERNELS_H
#define CKERNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TM_MAX_RANK = 8 };

// Element types. bool is a byte that holds 0 or 1; bf16 is the upper half of a float, for storage: it is copied, cast
// and multiplied by gemm_bf16.
typedef enum tm_dtype {
  TM_F32 = 0, TM_F64 = 1, TM_I32 = 2, TM_I64 = 3, TM_BOOL = 4, TM_BF16 = 5, TM_DTYPE_COUNT
} tm_dtype;

static inline size_t tm_size_of(tm_dtype type) {
  return type == TM_F64 || type == TM_I64 ? 8 : type == TM_BOOL ? 1 : type == TM_BF16 ? 2 : 4;
}

// A place in memory: byte `offset` from the base of slot `slot`.
typedef struct tm_ref {
  uint64_t offset;
  uint32_t slot;
} tm_ref;

// What stops a run. The first kernel to fail fills in the rest; others leave it.
typedef enum tm_failure_code {
  TM_OK = 0,
  TM_INDEX_OUT_OF_RANGE = 1,  // `value` at element `position` is not in 0 ..< `limit`
  TM_NOT_FINITE = 2,          // element `position` is NaN or infinite
  // No kernel says these: whoever runs tasks does.
  TM_CANCELLED = 3,           // somebody wanted the run to end
  TM_LATE = 4,                // its deadline has passed
} tm_failure_code;

typedef struct tm_failure {
  uint32_t code;   // a tm_failure_code; written with a compare-exchange from TM_OK, so the first wins
  uint32_t call;   // which kernel call, as given in its arguments
  int64_t position, value, limit;
  uint64_t step;   // of the frame
} tm_failure;

// One worker's view of a run.
typedef struct tm_frame {
  void *const *bases;   // base address of every slot
  void *workspace;      // this worker's own, 64-byte aligned, as large as the largest call needs
  tm_failure *failure;  // shared by the run's workers
  uint64_t seed, step;  // keys of the random numbers of this run
} tm_frame;

typedef void (*tm_kernel)(const tm_frame *frame, const void *arguments);

static inline void *tm_address(const tm_frame *frame, tm_ref ref) {
  return (char *)frame->bases[ref.slot] + ref.offset;
}

// ---- elementwise --------------------------------------------------------------------------------------

// What one instruction of a tile program computes. x, y, z are its operands.
typedef enum tm_opcode {
  // Any type unless said, of bf16 only TM_COPY, TM_CAST and TM_SELECT; result of the operands' type.
  TM_COPY, TM_CAST,                                   // cast: to the instruction's `type` from `from` (float to int
                                                      // truncates, saturates, NaN gives 0; to bool: != 0;
                                                      // to a float type: to nearest even, once)
  TM_ADD, TM_SUB, TM_MUL, TM_DIV,                     // int: wraps; int division by 0 gives 0, MIN/-1 gives MIN
  TM_MAX, TM_MIN,                                     // NaN if either is NaN
  TM_NEG, TM_ABS, TM_SIGN,                            // sign: -1, 0, 1; NaN for NaN
  // Floating point. Functions are within 2 ulp over the whole range (f64 gelu 2.2); their derivatives too, but
  // between -2 and 2 within 2 ulp of 1, since they have a root there. silu and gelu are 0 at -inf.
  TM_SQRT, TM_RSQRT, TM_EXP, TM_EXPM1, TM_LOG, TM_LOG1P, TM_POW,
  TM_TANH, TM_SIGMOID, TM_SOFTPLUS, TM_ERF, TM_SIN, TM_COS, TM_FLOOR, TM_ROUND,  // round: to nearest, ties to even
  TM_SILU, TM_SILU_DERIVATIVE, TM_GELU, TM_GELU_DERIVATIVE, TM_GELU_TANH, TM_GELU_TANH_DERIVATIVE,
  TM_FMA,                                             // x * y + z, rounded once
  // Comparisons: bool from two of type `from`. NaN: all false but NE.
  TM_EQ, TM_NE, TM_LT, TM_LE, TM_GT, TM_GE,
  // bool.
  TM_AND, TM_OR, TM_NOT,
  TM_SELECT,                                          // x (bool) ? y : z; y and z of type `type`
  // No operands: from the position in the iteration space (index = row-major linear index).
  TM_IOTA,                                            // (index / parameter[0]) % parameter[1], as `type`
  TM_UNIFORM,                                         // uniform in [0, 1): Philox, see tm_philox; parameter[0] = stream
  TM_OPCODE_COUNT
} tm_opcode;

// One instruction. Registers 0 ..< input_count are the inputs (read only); those from input_count on are
// temporaries. An instruction may write the register that it reads.
typedef struct tm_instruction {
  uint8_t opcode;          // tm_opcode
  uint8_t type;            // of the result (comparisons: TM_BOOL)
  uint8_t from;            // of x and y, for casts and comparisons; equal to `type` otherwise
  uint8_t result, x, y, z; // registers
  int64_t parameter[2];
} tm_instruction;

typedef enum tm_operand_kind {
  TM_LINEAR,    // element i of the iteration space is element i of the memory
  TM_SPLAT,     // one element for the whole iteration space
  TM_STRIDED,   // by `strides`, one for each dimension of the iteration space
  TM_IMMEDIATE  // no memory: the value is `immediate`, stored in the bits of the operand's type (inputs only)
} tm_operand_kind;

typedef struct tm_operand {
  tm_ref ref;
  uint64_t immediate;
  int64_t strides[TM_MAX_RANK];
  uint8_t kind, type;
  uint8_t reg;             // outputs: the register that is stored here
} tm_operand;

typedef enum tm_reduction { TM_SUM, TM_PRODUCT, TM_REDUCE_MAX, TM_REDUCE_MIN } tm_reduction;

// What a tile program's register is reduced to, over each `row` elements one after the other, the last ones over what is
// left: out[r] is the reduction of the elements r * row ..< (r + 1) * row, bit for bit what reduce makes of them. None where
// row is 0. `out` overlaps nothing; `reg` is written by an instruction.
typedef struct tm_row_reduction {
  tm_ref out;
  int64_t row;
  uint8_t reduction, type, reg;
} tm_row_reduction;

// Runs a tile program for the elements begin ..< end (row-major linear) of the iteration space `dims`.
// An output that is TM_LINEAR may coincide exactly with inputs that are TM_LINEAR, of the same element size and the
// same address (in place). Outputs are TM_LINEAR or TM_STRIDED (without stride 0 where the extent is over 1).
// `streams`: the outputs are stored past the caches. It changes no bit.
// With a reduction, `begin` is a multiple of its row, and so is `end`, or the end of the space.
// `inputs`, `outputs` and `code` live as long as the arguments. At most 255 registers.
typedef struct tm_elementwise_arguments {
  const tm_operand *inputs, *outputs;
  const tm_instruction *code;
  int64_t dims[TM_MAX_RANK];
  int64_t begin, end;
  uint32_t input_count, output_count, instruction_count, register_count;  // register_count includes the inputs
  uint32_t rank;
  tm_row_reduction reduction;
  bool streams;
} tm_elementwise_arguments;

size_t tm_elementwise_workspace(uint32_t register_count);

// ---- gemm ---------------------------------------------------------------------------------------------

// c[i,j] := (accumulate ? c[i,j] : 0) + sum over p of a[i,p] * b[p,j], for each of `batch` matrices.
// Any strides for a and b, so all transposes; c's columns are contiguous. f32 and f64.
// Order: one fused multiply-add after the other in the order of p, starting from 0 or from c: every element is the
// same bits for any tile, and for any instruction set that has fused multiply-add. Error at most k*2^-24*(|a||b|).
// k = 0 gives zeros (or c unchanged). Workspace: tm_gemm_workspace.
//
// gemm_bf16: a and b are bf16, c is f32, `type` is TM_BF16. Of the multiply-adds of a pair p, p + 1 with even p the second
// comes first: the order of AVX512-BF16's dot product, which every instruction set keeps. So the bits are the same for
// all, but that the dot product (TM_AVX512_BF16) takes subnormal operands as 0, gives 0 for subnormal sums, and may give
// another sign to a zero. Error at most k*2^-24*(|a||b|), there plus k*2^-126*(1 + max|a| + max|b|).
//
// With an epilogue the sums do not go to c but, tile by tile while they lie in L1, through a tile program, and its outputs
// go to memory. c then holds sums between two blocks of depth only, and is not touched where k is at most
// tm_gemm_depth(type); it may be one of the outputs, but no input. An output may coincide exactly with an input.
//
// Forms of program that networks are full of run on vectors in registers instead, with the same bits. In them s is the
// sum, x and y are matrices, r is a row for all rows, p and q are numbers: of one type, matrices and the row with
// contiguous columns. A single result may be stored as bf16, of which the program's last instruction is the cast.
typedef enum tm_gemm_form {
  TM_FORM_NONE,
  TM_FORM_SUMS,           // s: stored as bf16
  TM_FORM_ADD,            // s + x
  TM_FORM_SCALE,          // s * p
  TM_FORM_SCALE_ADD,      // s * p + x * q
  TM_FORM_ADD_ROW,        // s + r
  TM_FORM_ADD_ROW_MAX,    // max(p, s + r): a bias and relu
  TM_FORM_MAX_ADD_ROW,    // max(s + r, p)
  TM_FORM_WHERE_OVER,     // x > p ? s : q: relu's gradient
  TM_FORM_SIGMOID_SLOPE,  // s * (x * (p - x)): sigmoid's
  TM_FORM_TANH_SLOPE,     // s * (p - x * x): that of tanh
  TM_FORM_DESCENT,        // x - s * p
  TM_FORM_MOMENTUM,       // v = s + x * p, and y - v * q
  TM_FORM_COUNT
} tm_gemm_form;

typedef struct tm_gemm_epilogue {
  const tm_operand *inputs, *outputs;  // by strides[0 ... 2]: batch, row, column; TM_STRIDED, TM_SPLAT or TM_IMMEDIATE
  const tm_instruction *code;
  uint32_t input_count, output_count, instruction_count, register_count;  // as in tm_elementwise_arguments
  uint32_t sums;             // the input that is the product itself; its operand is not looked at
  uint8_t form;              // tm_gemm_form, and the inputs that take part in it
  uint8_t matrices[2], row, numbers[2];
  // The linear index of the first element of c, and how it grows with batches and rows: for TM_IOTA and TM_UNIFORM.
  int64_t index, index_batch_stride, index_row_stride;
} tm_gemm_epilogue;

// What lies in which cache while a product is computed; no bit of the result depends on it.
typedef struct tm_gemm_blocks {
  int32_t depth_bytes;  // of a row of a that is walked at once: 256 or more
  int32_t rows;         // of a block of a, for L2: 1 or more
  int32_t columns;      // of b that are packed at once where several blocks of a need them, for L3: a multiple of 32
} tm_gemm_blocks;

typedef struct tm_gemm_arguments {
  tm_ref a, b, c;
  int64_t m, n, k, batch;
  int64_t a_row_stride, a_column_stride, a_batch_stride;
  int64_t b_row_stride, b_column_stride, b_batch_stride;
  int64_t c_row_stride, c_batch_stride;
  const tm_gemm_epilogue *epilogue;  // null: c is the result
  tm_gemm_blocks blocks;
  uint8_t type;
  bool accumulate;                   // not with an epilogue
} tm_gemm_arguments;

// Depth up to which what a product writes bounds it: nothing is packed where b's rows are contiguous.
enum { TM_GEMM_SHALLOW = 8 };

// Bytes of workspace, an upper bound over every instruction set. `registers`: of the epilogue, 0 without one.
size_t tm_gemm_workspace(int64_t m, int64_t n, int64_t k, tm_dtype type, uint32_t registers, tm_gemm_blocks blocks);

// What `blocks` are for a type, in elements: the depth and the rows of a that are walked at once, and the columns of b.
// `pairs`: the instruction set has dot products of bfloat16.
typedef struct tm_gemm_block {
  int64_t depth, rows, columns;
} tm_gemm_block;

tm_gemm_block tm_gemm_block_of(tm_dtype type, bool pairs, tm_gemm_blocks blocks);

// The depth up to which all sums of an element stay in registers with every instruction set.
int64_t tm_gemm_depth(tm_dtype type, tm_gemm_blocks blocks);

// ---- reductions ---------------------------------------------------------------------------------------

// out[o,i] := reduction over r of in[o,r,i]; in is a contiguous [outer, count, inner], out a contiguous [outer, inner].
// A task computes the rows outer_begin ..< outer_end and the columns inner_begin ..< inner_end. f32, f64, i32, i64.
// Sums use a fixed tree that depends on count, inner == 1 or not, and type only: error at most
// (8 + log2(count)) ulp-scale terms of sum |x|, roughly (pairwise over blocks of 128).
// count = 0: 0, 1, -inf/MIN, +inf/MAX. max and min: NaN if any is NaN.
typedef struct tm_reduce_arguments {
  tm_ref in, out;
  int64_t count, inner;
  int64_t outer_begin, outer_end, inner_begin, inner_end;
  uint8_t type, reduction;
} tm_reduce_arguments;

// The position of the largest element of each row, the first of equals, a NaN counts as largest.
// in: contiguous [rows, columns]; out: contiguous [rows], i32. columns >= 1.
typedef struct tm_argmax_arguments {
  tm_ref in, out;
  int64_t columns, row_begin, row_end;
  uint8_t type;
} tm_argmax_arguments;

// ---- rows: softmax and its relatives ------------------------------------------------------------------

typedef enum tm_row_function {
  TM_SOFTMAX,      // out [rows, columns]
  TM_LOG_SOFTMAX,  // out [rows, columns]
  TM_LOG_SUM_EXP,  // out [rows]
} tm_row_function;

// in: contiguous [rows, columns]. Largest element subtracted first. f32, f64. columns >= 1.
// `streams`: out is stored past the caches, and a row of it is made in the workspace. It changes no bit.
typedef struct tm_row_arguments {
  tm_ref in, out;
  int64_t columns, row_begin, row_end;
  uint8_t type, function;
  bool streams;
} tm_row_arguments;

// Softmax cross entropy: out[r] := logsumexp(in[r,:]) - in[r, labels[r]].
// A label outside 0 ..< columns fails the run (TM_INDEX_OUT_OF_RANGE, position r) and gives NaN.
typedef struct tm_cross_entropy_arguments {
  tm_ref in, labels, out;
  int64_t columns, row_begin, row_end;
  uint32_t call;
  uint8_t type, label_type;  // label_type: TM_I32 or TM_I64
} tm_cross_entropy_arguments;

// Its gradient for the logits: out[r,c] := g[r] * (softmax(in[r,:])[c] - (c == labels[r])).
// g: element r * g_stride (0: one for all rows). Labels were checked by the forward call; one outside gives no hit.
typedef struct tm_cross_entropy_gradient_arguments {
  tm_ref in, labels, g, out;
  int64_t columns, row_begin, row_end, g_stride;
  uint8_t type, label_type;
} tm_cross_entropy_gradient_arguments;

// ---- rows: layer norm and RMS norm --------------------------------------------------------------------

typedef enum tm_norm {
  TM_LAYER_NORM,  // mean and variance of the row
  TM_RMS_NORM,    // 0 for the mean, and the mean of the squares for the variance
} tm_norm;

// out[r,c] := (in[r,c] - mean[r]) * scale[r] * gain[c] + bias[c] with scale = 1/sqrt(variance + epsilon).
// in, out: contiguous [rows, columns]; gain, bias: contiguous [columns], where there are any. f32, f64. columns >= 1.
// Sums use the tree of reduce over blocks of 128; mean and variance are taken in two passes over the row, and the second
// corrects the first. `streams`: as of softmax.
typedef struct tm_norm_arguments {
  tm_ref in, gain, bias, out;
  int64_t columns, row_begin, row_end;
  double epsilon;
  uint8_t type, norm;
  bool has_gain, has_bias, streams;
} tm_norm_arguments;

// Its gradient for the input: with h = g * gain and the normalised row u, both of row r,
// out[r,:] := scale[r] * (h - mean(h) - u * mean(h * u)); without mean(h) for the RMS norm.
typedef struct tm_norm_gradient_arguments {
  tm_ref in, gain, g, out;
  int64_t columns, row_begin, row_end;
  double epsilon;
  uint8_t type, norm;
  bool has_gain, streams;
} tm_norm_gradient_arguments;

// Its gradients for gain and bias: sums over TM_NORM_ROWS rows each, the last ones over what is left.
// out[p,0,c] := sum over r of g[r,c] * u[r,c]; out[p,1,c] := sum over r of g[r,c], where has_bias.
// out: contiguous [parts, 1 or 2, columns]. A task does the parts part_begin ..< part_end.
// Rows are added by fours, ((0 + 1) + (2 + 3)), and the fours one after the other.
enum { TM_NORM_ROWS = 32 };
typedef struct tm_norm_sums_arguments {
  tm_ref in, g, out;
  int64_t rows, columns, part_begin, part_end;
  double epsilon;
  uint8_t type, norm;
  bool has_bias;
} tm_norm_sums_arguments;

// ---- gather and scatter -------------------------------------------------------------------------------

// out[o,i,e] := table[o, indices[i], e]; contiguous table [outer, entries, width], indices [count], out [outer, count, width].
// A task does o, i for outer_begin ..< outer_end, index_begin ..< index_end. An index outside fails the run and gives zeros.
typedef struct tm_gather_arguments {
  tm_ref table, indices, out;
  int64_t entries, count, width;
  int64_t outer_begin, outer_end, index_begin, index_end;
  uint32_t call;
  uint8_t type, index_type;
} tm_gather_arguments;

// out[o, indices[i], e] += updates[o,i,e], after out := 0, i in ascending order. Shapes as above; f32, f64, i32, i64.
// A task does o for outer_begin ..< outer_end and e for width_begin ..< width_end. An index
// outside fails the run, and is left out.
typedef struct tm_scatter_add_arguments {
  tm_ref updates, indices, out;
  int64_t entries, count, width;
  int64_t outer_begin, outer_end, width_begin, width_end;
  uint32_t call;
  uint8_t type, index_type;
} tm_scatter_add_arguments;

// ---- checks -------------------------------------------------------------------------------------------

// Fails the run if any of `count` contiguous floating-point elements is NaN or infinite.
typedef struct tm_check_finite_arguments {
  tm_ref in;
  int64_t count;
  uint32_t call;
  uint8_t type;
} tm_check_finite_arguments;

// ---- random numbers -----------------------------------------------------------------------------------

// Philox 4x32-10 (Salmon, Moraes, Dror, Shaw, 2011). Counter and key as in the paper.
void tm_philox(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4]);

// What TM_UNIFORM computes for element `index`: with e = index / 4, counter = (e lo, e hi, step lo, stream),
// key = (seed lo, seed hi ^ step hi), the word number index % 4:
//   f32: (word >> 8) * 2^-24
//   f64: two words of index / 2, counter word 3 = stream ^ 0x80000000, words 2*(index%2) = w0 and 2*(index%2)+1 = w1:
//        ((w0 >> 5) * 2^26 + (w1 >> 6)) * 2^-53
double tm_uniform(uint64_t seed, uint64_t step, uint32_t stream, uint64_t index, tm_dtype type);

// ---- the table ----------------------------------------------------------------------------------------

typedef enum tm_isa { TM_SCALAR = 0, TM_AVX2 = 1, TM_AVX512 = 2, TM_NEON = 3, TM_AVX512_BF16 = 4, TM_ISA_COUNT } tm_isa;

// The list of kernels: one line each. The table, the tests and the dispatch are made from it.
#define TM_KERNELS(K) \
  K(gemm)             \
  K(gemm_bf16)        \
  K(elementwise)      \
  K(reduce)           \
  K(argmax)           \
  K(row)              \
  K(cross_entropy)    \
  K(cross_entropy_gradient) \
  K(norm)               \
  K(norm_gradient)      \
  K(norm_sums)          \
  K(gather)           \
  K(scatter_add)      \
  K(check_finite)

typedef struct tm_kernel_table {
  tm_isa isa;
  const char *name;   // "scalar", "avx2", "avx512", "neon", "avx512bf16"
  int32_t gemm_rows;  // of the largest tile of a product that stays in registers
#define TM_MEMBER(kernel) tm_kernel kernel;
  TM_KERNELS(TM_MEMBER)
#undef TM_MEMBER
} tm_kernel_table;

// The kernels for an instruction set, or null where this CPU (or this build) has it not. TM_SCALAR is always there: the oracle.
const tm_kernel_table *tm_kernels(tm_isa isa);

// The best instruction set of this CPU.
tm_isa tm_best_isa(void);

#include "probes.h"

#endif
