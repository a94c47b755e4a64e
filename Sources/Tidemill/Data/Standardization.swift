import TidemillGraph

/// Takes each feature to mean 0 and standard deviation 1, by the numbers of the samples to learn from.
///
/// `out[n,f] = (in[n,f] − mean[f]) / scale[f]`
///
/// It is fitted on the training part alone, applied to everything that the network sees, and stored
/// with the network:
///
/// ```swift
/// let standardization = try Standardization(fitting: split.train)
/// let train = try standardization.applied(to: split.train)
/// let test = try standardization.applied(to: split.test)
/// ```
///
/// Sums go sample by sample in float64, on one thread: the same samples give the same bits everywhere.
public struct Standardization: Sendable, Equatable {
  /// The mean of each feature, float64 of shape `[features]`.
  public let mean: Tensor
  /// What differences from the mean are divided by, float64 of shape `[features]`, all above 0.
  public let scale: Tensor

  /// Finds the mean and the standard deviation of each feature, with divisor N; a feature that is the
  /// same in all samples gets the scale 1.
  ///
  /// - Parameter dataset: The samples to learn from, at least one.
  /// - Throws: `data` where there are no samples, or a feature of one is not finite: the error names
  ///   both.
  /// - Complexity: Two passes over the samples; 24 bytes for each feature.
  public init(fitting dataset: Dataset) throws {
    guard dataset.count > 0 else {
      throw TidemillError(.data, "\(dataset.name) has no samples to find means of.")
    }
    let (mean, scale) = try dataset.images.withScalars(as: Float.self) { pixels in
      let moments = Moments(pixels, features: dataset.features)
      if let feature = moments.firstNotFinite {
        let sample =
          stride(from: feature, to: pixels.count, by: dataset.features)
          .first { !pixels[$0].isFinite }.map { $0 / dataset.features } ?? 0
        throw TidemillError(
          .data,
          "\(dataset.name): feature \(feature) of sample \(sample) is "
            + "\(pixels[sample * dataset.features + feature]), and only finite numbers have a mean."
        )
      }
      return (moments.mean, moments.scale)
    }
    (self.mean, self.scale) = (try Tensor(mean), try Tensor(scale))
  }

  /// A standardisation as it was stored.
  ///
  /// - Parameters:
  ///   - mean: float64 or float32, shape `[features]`.
  ///   - scale: float64 or float32, shape `[features]`.
  /// - Throws: `data` where types or shapes do not fit, a mean is not finite, or a scale is not finite
  ///   and above 0: the error names the feature.
  public init(mean: Tensor, scale: Tensor) throws {
    for (name, tensor) in [("mean", mean), ("scale", scale)] {
      guard tensor.dtype.isFloatingPoint, tensor.shape.rank == 1 else {
        throw TidemillError(
          .data,
          "The \(name) of a standardisation must be float64[features], but is \(tensor.type).")
      }
    }
    guard mean.count == scale.count else {
      throw TidemillError(
        .data,
        "A standardisation needs a mean and a scale for each feature, but there are \(mean.count) "
          + "means and \(scale.count) scales.")
    }
    let (means, scales) = (mean.doubles, scale.doubles)
    if let feature = means.firstIndex(where: { !$0.isFinite }) {
      throw TidemillError(
        .data, "The mean of feature \(feature) is \(means[feature]), and must be finite.")
    }
    if let feature = scales.firstIndex(where: { !($0 > 0 && $0.isFinite) }) {
      throw TidemillError(
        .data,
        "The scale of feature \(feature) is \(scales[feature]), and must be finite and above 0.")
    }
    (self.mean, self.scale) = (try Tensor(means), try Tensor(scales))
  }

  /// The number of features.
  public var features: Int { mean.count }

  /// A copy of samples, standardised.
  ///
  /// - Throws: `data` where they have another number of features.
  public func applied(to dataset: Dataset) throws -> Dataset {
    guard dataset.features == features else {
      throw TidemillError(
        .data,
        "The standardisation was fitted on \(features) features, but samples of '\(dataset.name)' "
          + "have \(dataset.features).")
    }
    return try dataset.replacing(images: applied(to: dataset.images), labels: dataset.labels)
  }

  /// A copy of samples, standardised.
  ///
  /// - Parameter samples: float32, shape `[N, features]`.
  /// - Throws: `data` where they have another type or another number of features.
  public func applied(to samples: Tensor) throws -> Tensor {
    var result = samples
    try standardize(&result)
    return result
  }

  /// Standardises samples in place, without allocating where nobody else holds their memory.
  ///
  /// Each number is computed in float64 and rounded once.
  ///
  /// - Parameter samples: float32, shape `[N, features]`.
  /// - Throws: `data` where they have another type or another number of features; they are unchanged
  ///   then.
  public func standardize(_ samples: inout Tensor) throws {
    guard samples.dtype == .float32, samples.shape.rank == 2, samples.shape[1] == features else {
      throw TidemillError(
        .data,
        "The standardisation was fitted on \(features) features and takes float32[N, \(features)], "
          + "but was given \(samples.type).")
    }
    guard features > 0 else { return }
    try mean.withScalars(as: Double.self) { mean in
      try scale.withScalars(as: Double.self) { scale in
        try samples.withMutableScalars(as: Float.self) { pixels in
          var start = 0
          while start < pixels.count {
            for feature in 0..<mean.count {
              let difference = Double(pixels[start + feature]) - mean[feature]
              pixels[start + feature] = Float(difference / scale[feature])
            }
            start += mean.count
          }
        }
      }
    }
  }
}

/// The mean and the standard deviation of columns, by two passes over the rows.
///
/// Squares of float32 are at most 1.2e77, so float64 neither overflows nor underflows here.
private struct Moments {
  private(set) var mean: [Double]
  private(set) var scale: [Double]

  /// - Parameter pixels: At least one row.
  init(_ pixels: UnsafeBufferPointer<Float>, features: Int) {
    let count = Double(features > 0 ? pixels.count / features : 1)
    mean = Array(repeating: 0, count: features)
    scale = Array(repeating: 0, count: features)
    // A sum can round, so a constant feature is found by comparing, and not by its variance.
    var isConstant = Array(repeating: true, count: features)
    Self.rows(pixels.count, features) { start in
      for feature in 0..<features {
        mean[feature] += Double(pixels[start + feature])
        if pixels[start + feature] != pixels[feature] { isConstant[feature] = false }
      }
    }
    for feature in 0..<features {
      mean[feature] = isConstant[feature] ? Double(pixels[feature]) : mean[feature] / count
    }
    Self.rows(pixels.count, features) { start in
      for feature in 0..<features {
        let difference = Double(pixels[start + feature]) - mean[feature]
        scale[feature] += difference * difference
      }
    }
    for feature in 0..<features {
      scale[feature] = isConstant[feature] ? 1 : (scale[feature] / count).squareRoot()
    }
  }

  /// A number that is not finite makes the mean so.
  var firstNotFinite: Int? { mean.firstIndex { !$0.isFinite } }

  private static func rows(_ count: Int, _ features: Int, _ body: (Int) -> Void) {
    guard features > 0 else { return }
    for start in stride(from: 0, to: count, by: features) { body(start) }
  }
}
