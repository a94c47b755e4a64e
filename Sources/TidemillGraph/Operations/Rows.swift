/// Softmax, its logarithm, or the logarithm of the sum of exponentials, over the last axis.
package struct RowFunction: Operation {
  package let function: RowCall.Function

  package var name: String { "\(function)" }

  package func resultType(of operands: [TensorType]) throws(Mistake) -> TensorType {
    let shape = operands[0].shape
    guard operands[0].dtype.isFloatingPoint || (function == .argmax && operands[0].dtype.isInteger)
    else {
      let needed = function == .argmax ? "numbers" : "floating-point numbers"
      throw Mistake("operand 0 is \(operands[0]), but \(needed) are needed; cast it first.")
    }
    guard shape.rank >= 1, shape[shape.rank - 1] > 0 else {
      throw Mistake("operand 0 is \(operands[0]), but a last axis with elements is needed.")
    }
    switch function {
    case .softmax, .logSoftmax: return operands[0]
    case .logSumExp: return TensorType(Shape(shape.dimensions.dropLast()), operands[0].dtype)
    case .argmax: return TensorType(Shape(shape.dimensions.dropLast()), .int32)
    }
  }

  package func cotangents(of x: [Value], result r: Value, cotangent g: Value) -> [Value?] {
    let last = x[0].shape.rank - 1
    switch function {
    case .softmax: return [r * (g - (g * r).sum(axes: [last], keepingAxes: true))]
    case .logSoftmax: return [g - r.exp() * g.sum(axes: [last], keepingAxes: true)]
    case .logSumExp:
      return [g.reshaped(to: Shape(g.shape.dimensions + [1])) * x[0].softmax()]
    case .argmax: return [nil]
    }
  }

  package var lowering: Lowering {
    .calls { context in
      let input = context.contiguous(0)
      let columns = input.shape[input.shape.count - 1]
      let rows = input.count / columns
      let keepsColumns = function == .softmax || function == .logSoftmax
      context.emit(
        RowCall(
          function, input: View(contiguous: input, [rows, columns]),
          output: View(contiguous: context.result, keepsColumns ? [rows, columns] : [rows])))
    }
  }
}

/// Softmax cross entropy of each row with its label: `logsumexp(x[r,:]) − x[r, label[r]]`.
package struct SoftmaxCrossEntropy: Operation {
  package var name: String { "softmaxCrossEntropy" }

  package func resultType(of operands: [TensorType]) throws(Mistake) -> TensorType {
    let (logits, labels) = (operands[0], operands[1])
    guard logits.dtype.isFloatingPoint, logits.shape.rank == 2, logits.shape[1] > 0 else {
      throw Mistake("the logits are \(logits), but floating-point [rows, classes] are needed.")
    }
    guard labels.dtype.isInteger, labels.shape == [logits.shape[0]] else {
      throw Mistake(
        "the labels are \(labels), but integers of shape [\(logits.shape[0])] are needed, one for "
          + "each row of the logits, \(logits).")
    }
    return TensorType(labels.shape, logits.dtype)
  }

  package func cotangents(of x: [Value], result: Value, cotangent g: Value) -> [Value?] {
    [g.builder.apply(SoftmaxCrossEntropyGradient(), x[0], x[1], g), nil]
  }

  package var lowering: Lowering {
    .calls { context in
      context.emit(
        CrossEntropyCall(
          logits: context.contiguous(0), labels: context.contiguous(1), output: context.result))
    }
  }
}

/// `g[r]·(softmax(x[r,:]) − onehot(label[r]))`, the cotangent of the logits.
package struct SoftmaxCrossEntropyGradient: Operation {
  package var name: String { "softmaxCrossEntropyGradient" }

  package func resultType(of operands: [TensorType]) throws(Mistake) -> TensorType { operands[0] }

  package func cotangents(of x: [Value], result: Value, cotangent c: Value) -> [Value?] {
    let (logits, labels) = (x[0], x[1])
    let softmax = logits.softmax()
    let difference = softmax - labels.oneHot(logits.shape[1], logits.dtype)
    let rows = x[2].reshaped(to: [x[2].shape[0], 1])
    let along = softmax * (c - (c * softmax).sum(axes: [1], keepingAxes: true))
    return [rows * along, nil, (c * difference).sum(axes: [1])]
  }

  package var lowering: Lowering {
    .calls { context in
      context.emit(
        CrossEntropyGradientCall(
          logits: context.contiguous(0), labels: context.contiguous(1),
          cotangent: context.operand(2), output: context.result))
    }
  }
}
