import TidemillGraph

/// A few numbers about the elements of a tensor; true counts as 1.
package struct TensorStatistics: Encodable, Sendable, Equatable {
  /// The smallest finite element, nearest float64; `nil` where there is none.
  package let min: Double?
  /// The largest finite element, nearest float64; `nil` where there is none.
  package let max: Double?
  /// The mean of the finite elements, summed in float64; `nil` where there is none.
  package let mean: Double?
  /// Elements that are NaN or infinite.
  package let nonFinite: Int

  /// The numbers of a tensor.
  package init(_ tensor: Tensor) throws {
    self =
      switch tensor.dtype {
      case .float32: try tensor.withScalars(as: Float.self) { Self($0, Double.init) }
      case .float64: try tensor.withScalars(as: Double.self) { Self($0, \.self) }
      case .int32: try tensor.withScalars(as: Int32.self) { Self($0, Double.init) }
      case .int64: try tensor.withScalars(as: Int64.self) { Self($0, Double.init) }
      case .bfloat16: try tensor.withScalars(as: BFloat16.self) { Self($0) { Double($0.float) } }
      default: try tensor.withScalars(as: Bool.self) { Self($0) { $0 ? 1 : 0 } }
      }
  }

  private init<T>(_ elements: UnsafeBufferPointer<T>, _ number: (T) -> Double) {
    var (least, most, sum) = (Double.infinity, -Double.infinity, 0.0)
    var finite = 0
    for element in elements {
      let number = number(element)
      guard number.isFinite else { continue }
      (least, most) = (Swift.min(least, number), Swift.max(most, number))
      sum += number
      finite += 1
    }
    nonFinite = elements.count - finite
    guard finite > 0 else {
      (min, max, mean) = (nil, nil, nil)
      return
    }
    (min, max) = (least, most)
    // Numbers near the largest of float64 have a mean, though their sum is not finite.
    let count = Double(finite)
    mean =
      sum.isFinite
      ? sum / count
      : elements.reduce(0) { $0 + (number($1).isFinite ? number($1) / count : 0) }
  }
}
