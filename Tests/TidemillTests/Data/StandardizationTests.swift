import Testing
import Tidemill

/// Means and scales are those of the training part, and are stored and restored with all their bits.
@Suite struct StandardizationTests {
  private func dataset(_ rows: [[Float]], name: String = "set") throws -> Dataset {
    let features = rows.first?.count ?? 1
    return try Dataset(
      name: name, images: Tensor(rows.flatMap(\.self), shape: [rows.count, features]),
      labels: Tensor([Int32](repeating: 0, count: rows.count)), classes: 1, imageHeight: 1,
      imageWidth: features)
  }

  @Test func meansAndDeviationsAreFound() throws {
    let samples = try dataset([[1, 10, 7], [2, 10, -7], [3, 40, 7], [6, 40, -7]])
    let fitted = try Standardization(fitting: samples)
    #expect(fitted.features == 3)
    #expect(fitted.mean.dtype == .float64 && fitted.mean.shape == [3])
    #expect(fitted.mean.doubles == [3, 25, 0])
    #expect(fitted.scale.doubles == [(3.5).squareRoot(), 15, 7])
    let standard = try fitted.applied(to: samples)
    let expected: [Float] = [
      Float(-2 / (3.5).squareRoot()), -1, 1, Float(-1 / (3.5).squareRoot()), -1, -1, 0, 1, 1,
      Float(3 / (3.5).squareRoot()), 1, -1,
    ]
    #expect(try standard.images.scalars(as: Float.self) == expected)
    #expect(standard.labels == samples.labels && standard.name == "set")
  }

  /// By definition, and not by how it is computed: means 0 and mean squares 1, or 0 where a feature is
  /// constant, to float32's accuracy.
  @Test func digitsBecomeStandard() throws {
    let split = try Digits.load()
    let fitted = try Standardization(fitting: split.train)
    let pixels = try fitted.applied(to: split.train).images.doubles
    let (means, scales) = (fitted.mean.doubles, fitted.scale.doubles)
    let first = split.train.images.doubles.prefix(64)
    for feature in 0..<64 {
      let column = stride(from: feature, to: pixels.count, by: 64).map { pixels[$0] }
      let mean = column.reduce(0, +) / Double(column.count)
      let square = column.reduce(0) { $0 + $1 * $1 } / Double(column.count)
      #expect(abs(mean) < 1e-6, "feature \(feature)")
      let isConstant = scales[feature] == 1 && column.allSatisfy { $0 == 0 }
      #expect(abs(square - (isConstant ? 0 : 1)) < 1e-5, "feature \(feature)")
      if isConstant { #expect(first[feature] == means[feature]) }
    }
    // The corner pixel is never set.
    #expect(scales[0] == 1 && means[0] == 0)
  }

  @Test(arguments: [Float(0.1), 3.4e38, -Float.leastNonzeroMagnitude, 0])
  func constantFeaturesBecomeZero(value: Float) throws {
    let samples = try dataset(Array(repeating: [value], count: 1_003))
    let fitted = try Standardization(fitting: samples)
    #expect(fitted.mean.doubles == [Double(value)] && fitted.scale.doubles == [1])
    #expect(try fitted.applied(to: samples).images.doubles.allSatisfy { $0 == 0 })
  }

  /// Numbers far from 0 keep their deviation, and the largest ones do not overflow.
  @Test func extremeFeaturesAreStandard() throws {
    let large = Float.greatestFiniteMagnitude
    let samples = try dataset([
      [1e7, large, .leastNonzeroMagnitude], [1e7 + 1, -large, 0], [1e7, large, 0],
      [1e7 + 1, -large, .leastNonzeroMagnitude],
    ])
    let standard = try Standardization(fitting: samples).applied(to: samples)
    #expect(
      try standard.images.scalars(as: Float.self) == [-1, 1, 1, 1, -1, -1, -1, 1, -1, 1, -1, 1])
  }

  @Test func storedNumbersComeBack() throws {
    let digits = try Digits.load()
    let fitted = try Standardization(fitting: digits.train)
    let folder = try TemporaryFolder()
    try Safetensors([("mean", fitted.mean), ("scale", fitted.scale)]).write(to: folder("f"))
    let file = try Safetensors(path: folder("f"))
    let restored = try Standardization(
      mean: #require(file["mean"]), scale: #require(file["scale"]))
    #expect(restored == fitted)
    #expect(
      try restored.applied(to: digits.test).images
        .hasSameBits(as: fitted.applied(to: digits.test).images))
    #expect(try Standardization(fitting: digits.train) == fitted)
    let single = try Standardization(mean: Tensor([Float(0.5)]), scale: Tensor([Float(2)]))
    #expect(single.mean.dtype == .float64)
    #expect(try single.applied(to: Tensor([Float(4.5)], shape: [1, 1])).doubles == [2])
  }

  @Test func copiesLeaveTheOriginal() throws {
    let samples = try dataset([[1], [3]])
    let standard = try Standardization(fitting: samples).applied(to: samples)
    #expect(standard.images.doubles == [-1, 1])
    #expect(samples.images.doubles == [1, 3])
  }

  @Test func wrongFeaturesAreNamed() throws {
    let fitted = try Standardization(fitting: dataset([[1, 2], [3, 4]]))
    let other = failure { _ = try fitted.applied(to: dataset([[1, 2, 3]], name: "other")) }
    #expect(other.code == .data)
    #expect(
      other.message
        == "The standardisation was fitted on 2 features, but samples of 'other' have 3.")
    for tensor in [
      try Tensor(zeros: [4, 3]), try Tensor(zeros: [2]), try Tensor(zeros: [1, 2], .float64),
    ] {
      let error = failure { _ = try fitted.applied(to: tensor) }
      #expect(
        error.message
          == "The standardisation was fitted on 2 features and takes float32[N, 2], but "
          + "was given \(tensor.type).")
    }
    #expect(try fitted.applied(to: Tensor(zeros: [0, 2])).count == 0)
  }

  @Test func samplesWithoutAMeanAreNamed() throws {
    let none = failure { _ = try Standardization(fitting: dataset([])) }
    #expect(none.message == "set has no samples to find means of.")
    for bad in [Float.nan, .infinity, -.infinity] {
      let error = failure {
        _ = try Standardization(fitting: dataset([[1, 2], [3, 4], [5, bad], [6, bad]]))
      }
      #expect(error.code == .data)
      #expect(
        error.message
          == "set: feature 1 of sample 2 is \(bad), and only finite numbers have a mean.")
    }
  }

  @Test func storedNumbersAreChecked() throws {
    func refusal(_ mean: Tensor, _ scale: Tensor) -> String {
      let error = failure { _ = try Standardization(mean: mean, scale: scale) }
      #expect(error.code == .data)
      return error.message
    }
    let (one, two) = (try Tensor([1.0]), try Tensor([1.0, 2]))
    #expect(
      refusal(one, two) == "A standardisation needs a mean and a scale for each feature, but there "
        + "are 1 means and 2 scales.")
    #expect(
      try refusal(one, Tensor([Int32(1)]))
        == "The scale of a standardisation must be float64[features], but is int32[1].")
    #expect(
      try refusal(Tensor(zeros: [1, 1], .float64), one)
        == "The mean of a standardisation must be float64[features], but is float64[1, 1].")
    #expect(
      try refusal(Tensor([0, .nan]), two) == "The mean of feature 1 is nan, and must be finite.")
    for bad in [0, -1, .infinity, .nan] as [Double] {
      #expect(
        try refusal(two, Tensor([1, bad]))
          == "The scale of feature 1 is \(bad), and must be finite and above 0.")
    }
  }
}
