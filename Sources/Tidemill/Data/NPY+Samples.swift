import TidemillGraph

extension NPY {
  /// The numbers as networks are trained on them: bytes become 0...1, by a division by 255, and others stay as they are.
  ///
  /// - Parameter shape: With as many elements as the tensor, whose type is not bool.
  /// - Returns: float32.
  package func samples(_ shape: Shape) throws -> Tensor {
    let divisor: Float = element == .uint8 ? 255 : 1
    var result = try Tensor(zeros: shape)
    try result.withMutableScalars(as: Float.self) { target in
      switch tensor.dtype {
      case .float32:
        try tensor.withScalars(as: Float.self) { source in
          for index in target.indices { target[index] = source[index] }
        }
      case .float64:
        try tensor.withScalars(as: Double.self) { source in
          for index in target.indices { target[index] = Float(source[index]) }
        }
      case .int32:
        try tensor.withScalars(as: Int32.self) { source in
          for index in target.indices { target[index] = Float(source[index]) / divisor }
        }
      default:
        try tensor.withScalars(as: Int64.self) { source in
          for index in target.indices { target[index] = Float(source[index]) }
        }
      }
    }
    return result
  }
}
