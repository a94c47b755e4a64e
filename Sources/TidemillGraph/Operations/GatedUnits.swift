import CKernels

// Activations x·W(x), where W goes from 0 to 1. Each has its derivative as an operation: a formula
// loses all digits far below 0, and takes several passes. The derivative's own is a formula, of x
// within ±1000, so that nothing overflows where it is 0.

/// `x·σ(x)`
package struct SigmoidLinearUnit: ElementwiseOperation {
  package var name: String { "silu" }
  package var opcode: tm_opcode { TM_SILU }
  package func cotangents(of x: [Value], result r: Value, cotangent g: Value) -> [Value?] {
    [g * g.builder.apply(SigmoidLinearUnitDerivative(), x[0])]
  }
}

/// `σ(x)·(1 + x·(1 − σ(x)))`
package struct SigmoidLinearUnitDerivative: ElementwiseOperation {
  package var name: String { "siluDerivative" }
  package var opcode: tm_opcode { TM_SILU_DERIVATIVE }
  package func cotangents(of x: [Value], result r: Value, cotangent g: Value) -> [Value?] {
    let x = x[0].clamped(from: -1000, to: 1000)
    let s = x.sigmoid()
    return [g * (s * (1 - s) * (x * (1 - 2 * s) + 2))]
  }
}

/// `x·Φ(x)`, with the normal distribution function.
package struct GaussianErrorLinearUnit: ElementwiseOperation {
  package var name: String { "gelu" }
  package var opcode: tm_opcode { TM_GELU }
  package func cotangents(of x: [Value], result r: Value, cotangent g: Value) -> [Value?] {
    [g * g.builder.apply(GaussianErrorLinearUnitDerivative(), x[0])]
  }
}

/// `Φ(x) + x·φ(x)`
package struct GaussianErrorLinearUnitDerivative: ElementwiseOperation {
  package var name: String { "geluDerivative" }
  package var opcode: tm_opcode { TM_GELU_DERIVATIVE }
  package func cotangents(of x: [Value], result r: Value, cotangent g: Value) -> [Value?] {
    let x = x[0].clamped(from: -1000, to: 1000)
    let density = (x * x * -0.5).exp() * 0.3989422804014327
    return [g * (density * (2 - x * x))]
  }
}

/// `x/2·(1 + tanh(√(2/π)·(x + 0.044715·x³)))`
package struct GaussianErrorLinearUnitByTanh: ElementwiseOperation {
  package var name: String { "geluTanh" }
  package var opcode: tm_opcode { TM_GELU_TANH }
  package func cotangents(of x: [Value], result r: Value, cotangent g: Value) -> [Value?] {
    [g * g.builder.apply(GaussianErrorLinearUnitByTanhDerivative(), x[0])]
  }
}

/// Of ``GaussianErrorLinearUnitByTanh``: `(1 + t)/2 + x/2·(1 − t²)·w'`, where `t` is the hyperbolic tangent of `w`.
package struct GaussianErrorLinearUnitByTanhDerivative: ElementwiseOperation {
  package var name: String { "geluTanhDerivative" }
  package var opcode: tm_opcode { TM_GELU_TANH_DERIVATIVE }
  package func cotangents(of x: [Value], result r: Value, cotangent g: Value) -> [Value?] {
    let x = x[0].clamped(from: -1000, to: 1000)
    let (c, d) = (0.7978845608028654, 0.044715)
    let t = ((x + x * x * x * d) * c).tanh()
    let slope = (x * x * (3 * d) + 1) * c
    return [g * ((1 - t * t) * (slope + x * x * (3 * c * d) - x * t * slope * slope))]
  }
}
