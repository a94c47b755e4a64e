import CKernels

// Sums, products and what is like them. Gradients: g is the cotangent of the result.

package struct Add: ElementwiseOperation {
  package var name: String { "add" }
  package var opcode: tm_opcode { TM_ADD }
  package var accepts: ElementKind { .number }
  package var operandCount: Int { 2 }
  package func cotangents(of x: [Value], result: Value, cotangent g: Value) -> [Value?] { [g, g] }
}

package struct Subtract: ElementwiseOperation {
  package var name: String { "subtract" }
  package var opcode: tm_opcode { TM_SUB }
  package var accepts: ElementKind { .number }
  package var operandCount: Int { 2 }
  package func cotangents(of x: [Value], result: Value, cotangent g: Value) -> [Value?] { [g, -g] }
}

package struct Multiply: ElementwiseOperation {
  package var name: String { "multiply" }
  package var opcode: tm_opcode { TM_MUL }
  package var accepts: ElementKind { .number }
  package var operandCount: Int { 2 }
  package func cotangents(of x: [Value], result: Value, cotangent g: Value) -> [Value?] {
    [g * x[1], g * x[0]]
  }
}

package struct Divide: ElementwiseOperation {
  package var name: String { "divide" }
  package var opcode: tm_opcode { TM_DIV }
  package var accepts: ElementKind { .number }
  package var operandCount: Int { 2 }
  package func cotangents(of x: [Value], result: Value, cotangent g: Value) -> [Value?] {
    let dividend = g / x[1]
    return [dividend, -(dividend * result)]
  }
}

package struct Negate: ElementwiseOperation {
  package var name: String { "negate" }
  package var opcode: tm_opcode { TM_NEG }
  package var accepts: ElementKind { .number }
  package func cotangents(of x: [Value], result: Value, cotangent g: Value) -> [Value?] { [-g] }
}

/// The larger of two. Where they are equal, the gradient goes to the first.
package struct Maximum: ElementwiseOperation {
  package var name: String { "maximum" }
  package var opcode: tm_opcode { TM_MAX }
  package var accepts: ElementKind { .number }
  package var operandCount: Int { 2 }
  package func cotangents(of x: [Value], result: Value, cotangent g: Value) -> [Value?] {
    let first = x[0] .>= x[1]
    return [select(first, g, g.like(0)), select(first, g.like(0), g)]
  }
}

/// `max(0, x)`, with the zeros as its first operand. Its gradient needs the result only, so `x` need not be kept.
package struct RectifiedLinear: ElementwiseOperation {
  package var name: String { "relu" }
  package var opcode: tm_opcode { TM_MAX }
  package var operandCount: Int { 2 }
  package func cotangents(of x: [Value], result r: Value, cotangent g: Value) -> [Value?] {
    [nil, select(r .> r.like(0), g, g.like(0))]
  }
}

/// The smaller of two. Where they are equal, the gradient goes to the first.
package struct Minimum: ElementwiseOperation {
  package var name: String { "minimum" }
  package var opcode: tm_opcode { TM_MIN }
  package var accepts: ElementKind { .number }
  package var operandCount: Int { 2 }
  package func cotangents(of x: [Value], result: Value, cotangent g: Value) -> [Value?] {
    let first = x[0] .<= x[1]
    return [select(first, g, g.like(0)), select(first, g.like(0), g)]
  }
}

/// `x^y`. The gradient for `y` is 0 where `x` is 0 or negative: there the power has none, or none in the reals.
package struct Power: ElementwiseOperation {
  package var name: String { "power" }
  package var opcode: tm_opcode { TM_POW }
  package var operandCount: Int { 2 }
  package func cotangents(of x: [Value], result: Value, cotangent g: Value) -> [Value?] {
    let hasNone = x[0] .<= x[0].like(0)
    let logarithm = select(hasNone, x[0].like(1), x[0]).log()
    // 0·x⁻¹ would be NaN where x is 0: there x⁰ takes the place of x⁻¹.
    let exponent = select(x[1] .== x[1].like(0), x[1].like(1), x[1])
    return [
      // Not g·y first: where both are small that is 0, and the power may be infinite.
      g * (x[1] * power(x[0], exponent - 1)),
      select(hasNone, g.like(0), g * result * logarithm),
    ]
  }
}

package struct AbsoluteValue: ElementwiseOperation {
  package var name: String { "abs" }
  package var opcode: tm_opcode { TM_ABS }
  package var accepts: ElementKind { .number }
  package func cotangents(of x: [Value], result: Value, cotangent g: Value) -> [Value?] {
    [g * x[0].sign()]
  }
}

/// −1, 0 or 1, and NaN of NaN. Its gradient is 0.
package struct Sign: ElementwiseOperation {
  package var name: String { "sign" }
  package var opcode: tm_opcode { TM_SIGN }
  package var accepts: ElementKind { .number }
  package func cotangents(of x: [Value], result: Value, cotangent g: Value) -> [Value?] { [nil] }
}

/// The largest integer that is not larger. Its gradient is 0.
package struct Floor: ElementwiseOperation {
  package var name: String { "floor" }
  package var opcode: tm_opcode { TM_FLOOR }
  package func cotangents(of x: [Value], result: Value, cotangent g: Value) -> [Value?] { [nil] }
}

/// The nearest integer, the even one of two. Its gradient is 0.
package struct Round: ElementwiseOperation {
  package var name: String { "round" }
  package var opcode: tm_opcode { TM_ROUND }
  package func cotangents(of x: [Value], result: Value, cotangent g: Value) -> [Value?] { [nil] }
}
