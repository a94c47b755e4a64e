import CKernels

// Functions of one variable. Gradients: g is the cotangent of the result r = f(x).

package struct SquareRoot: ElementwiseOperation {
  package var name: String { "sqrt" }
  package var opcode: tm_opcode { TM_SQRT }
  package func cotangents(of x: [Value], result r: Value, cotangent g: Value) -> [Value?] {
    [g * 0.5 / r]
  }
}

package struct ReciprocalSquareRoot: ElementwiseOperation {
  package var name: String { "rsqrt" }
  package var opcode: tm_opcode { TM_RSQRT }
  package func cotangents(of x: [Value], result r: Value, cotangent g: Value) -> [Value?] {
    [g * -0.5 * (r * r * r)]
  }
}

package struct Exponential: ElementwiseOperation {
  package var name: String { "exp" }
  package var opcode: tm_opcode { TM_EXP }
  package func cotangents(of x: [Value], result r: Value, cotangent g: Value) -> [Value?] {
    [g * r]
  }
}

package struct ExponentialMinusOne: ElementwiseOperation {
  package var name: String { "expm1" }
  package var opcode: tm_opcode { TM_EXPM1 }
  package func cotangents(of x: [Value], result r: Value, cotangent g: Value) -> [Value?] {
    [g * (r + 1)]
  }
}

package struct Logarithm: ElementwiseOperation {
  package var name: String { "log" }
  package var opcode: tm_opcode { TM_LOG }
  package func cotangents(of x: [Value], result r: Value, cotangent g: Value) -> [Value?] {
    [g / x[0]]
  }
}

package struct LogarithmOfOnePlus: ElementwiseOperation {
  package var name: String { "log1p" }
  package var opcode: tm_opcode { TM_LOG1P }
  package func cotangents(of x: [Value], result r: Value, cotangent g: Value) -> [Value?] {
    [g / (x[0] + 1)]
  }
}

package struct HyperbolicTangent: ElementwiseOperation {
  package var name: String { "tanh" }
  package var opcode: tm_opcode { TM_TANH }
  package func cotangents(of x: [Value], result r: Value, cotangent g: Value) -> [Value?] {
    [g * (1 - r * r)]
  }
}

/// `1 / (1 + e^−x)`
package struct Sigmoid: ElementwiseOperation {
  package var name: String { "sigmoid" }
  package var opcode: tm_opcode { TM_SIGMOID }
  package func cotangents(of x: [Value], result r: Value, cotangent g: Value) -> [Value?] {
    [g * (r * (1 - r))]
  }
}

/// `log(1 + e^x)`
package struct Softplus: ElementwiseOperation {
  package var name: String { "softplus" }
  package var opcode: tm_opcode { TM_SOFTPLUS }
  package func cotangents(of x: [Value], result r: Value, cotangent g: Value) -> [Value?] {
    [g * x[0].sigmoid()]
  }
}

package struct ErrorFunction: ElementwiseOperation {
  package var name: String { "erf" }
  package var opcode: tm_opcode { TM_ERF }
  package func cotangents(of x: [Value], result r: Value, cotangent g: Value) -> [Value?] {
    let twoOverSquareRootOfPi = 1.1283791670955126
    return [g * twoOverSquareRootOfPi * (-(x[0] * x[0])).exp()]
  }
}

package struct Sine: ElementwiseOperation {
  package var name: String { "sin" }
  package var opcode: tm_opcode { TM_SIN }
  package func cotangents(of x: [Value], result r: Value, cotangent g: Value) -> [Value?] {
    [g * x[0].cos()]
  }
}

package struct Cosine: ElementwiseOperation {
  package var name: String { "cos" }
  package var opcode: tm_opcode { TM_COS }
  package func cotangents(of x: [Value], result r: Value, cotangent g: Value) -> [Value?] {
    [-(g * x[0].sin())]
  }
}
