extension GraphBuilder {
  /// Random numbers, uniform in `[0, 1)`, new ones at every step of a session.
  ///
  /// The same for any thread count, and in every session of the same seed.
  /// **Source**: Salmon, Moraes, Dror, Shaw: Parallel random numbers: as easy as 1, 2, 3, 2011 (Philox 4x32-10).
  public func uniform(_ shape: Shape, _ dtype: DType = .float32) -> Value {
    shape.isValid
      ? apply(RandomUniform(type: TensorType(shape, dtype), stream: nextRandomStream()))
      : diagnose("uniform: the shape \(shape) is not possible.")
  }

  /// Random numbers of mean 0 and variance 1, new ones at every step of a session.
  ///
  /// **Accuracy**: in float32 within 4e-6 of the formula in float64, because the angle is rounded.
  /// **Source**: Box, Muller: A note on the generation of random normal deviates, 1958.
  public func normal(_ shape: Shape, _ dtype: DType = .float32) -> Value {
    let radius = (1 - uniform(shape, dtype)).log() * -2
    return radius.sqrt() * (uniform(shape, dtype) * (2 * Double.pi)).cos()
  }

  /// Random numbers of a normal distribution of mean 0 and deviation 1, but none beyond 2 deviations; their variance
  /// is about 0.774. New ones at every step of a session.
  ///
  /// A uniform number is put through the inverse of the distribution function: `√2·erf⁻¹(p) = p·f(w)` with
  /// `w = −log(1 − p²)`, where `f` is so smooth that a polynomial follows it to the last digit.
  ///
  /// **Accuracy**: two roundings of the number, in float32 and float64.
  /// **Source**: Giles: Approximating the erfinv function, 2010, for the variable `w`.
  public func truncatedNormal(_ shape: Shape, _ dtype: DType = .float32) -> Value {
    let most = 0.9544997361036416  // erf √2: what lies within 2 deviations
    let p = (uniform(shape, dtype) * 2 - 1) * most
    // w, which is from 0 to 2.42, from the middle.
    let distance = -(-p.squared()).log1p() - 1.203125
    let coefficients = dtype == .float32 ? Self.inverseErf32 : Self.inverseErf64
    let ratio = coefficients.dropFirst().reduce(p.like(coefficients[0])) { $0 * distance + $1 }
    return (p * ratio).clamped(from: -2, to: 2)
  }

  // Chebyshev fits of f, the highest power first: within 1.1e-10 and 2.5e-18 of it.
  private static let inverseErf32 = [
    1.682376639311594e-7, -5.081706228238880e-7, -6.965316806211572e-6, 4.604420968777435e-5,
    1.925021396517842e-4, -3.224415859939827e-3, 4.002908633275851e-3, 0.35251995109166354,
    1.665761278669052,
  ]
  private static let inverseErf64 = [
    9.669028703039121e-15, 2.463687186199729e-13, -1.1408704558305424e-12, -9.589829496911808e-12,
    7.53321622106408e-11, 2.34008721542304e-10, -3.979809787587126e-9, 7.661445780478019e-11,
    1.8076797715191222e-7, -5.098272303521801e-7, -6.978829353355373e-6, 4.604637014912820e-5,
    1.925075649368381e-4, -3.2244167542112699e-3, 4.0029080485762537e-3, 0.3525199511853109,
    1.6657612786684402,
  ]

  /// Truth values, true with a probability, new ones at every step of a session.
  ///
  /// - Parameters:
  ///   - probability: From 0, which gives none, to 1, which gives all; in steps of 2⁻²⁴.
  ///   - shape: That of the result.
  /// - Returns: Bool.
  public func bernoulli(_ probability: Double, _ shape: Shape) -> Value {
    guard probability >= 0, probability <= 1 else {
      return diagnose("bernoulli: the probability is \(probability), but must be from 0 to 1.")
    }
    guard shape.isValid else { return diagnose("bernoulli: the shape \(shape) is not possible.") }
    return bernoulli(fill(probability, shape))
  }

  /// Truth values, each true with a probability of its own, new ones at every step of a session. No gradient.
  ///
  /// - Parameter probabilities: Floating point; below 0 counts as 0, above 1 as 1, NaN as 0.
  /// - Returns: Bool, of the same shape.
  public func bernoulli(_ probabilities: Value) -> Value {
    guard let probabilities = owned(probabilities, by: "bernoulli") else { return invalid }
    guard probabilities.dtype.isFloatingPoint else {
      return diagnose(
        "bernoulli: the probabilities are \(probabilities.type), but floating-point numbers are needed."
      )
    }
    return uniform(probabilities.shape, probabilities.dtype) .< probabilities
  }

  /// The numbers `0 ..< count` in random order, a new one at every step of a session.
  ///
  /// Each number gets 40 random bits, and a network of comparisons that depends on `count` alone sorts them.
  /// All orders are as likely, but for the chance of about `count²/2⁴¹` that two numbers draw the same bits;
  /// those stay in order.
  ///
  /// - Parameter count: At most 2²².
  /// - Returns: int32 of shape `[count]`.
  /// - Complexity: `n·log² n/4` comparisons, for the next power of two `n`, in `log² n/2` passes over memory: 60000
  ///   numbers take about 50 ms on one core.
  ///
  /// **Source**: Batcher: Sorting networks and their applications, 1968.
  public func permutation(_ count: Int) -> Value {
    guard count >= 0, count <= 1 << 22 else {
      return diagnose(
        "permutation: there are \(count) numbers; at most 4194304 can be put in order.")
    }
    guard count > 1 else { return fill(0, [count], .int32) }
    let place = 0x1p22
    let position = iota([count], axis: 0, .int64)
    let bits = (uniform([count], .float64) * 0x1p40).cast(to: .int64)
    let extent = 1 << (Int.bitWidth - (count - 1).leadingZeroBitCount)
    let added = fill(0x1p62, [extent - count], .int64)
    let keys = concatenate([bits * place + position, added]).sortedOfPowerOfTwo()
    let drawn = keys.slice(axis: 0, 0..<count)
    return (drawn - (drawn / place) * place).cast(to: .int32)
  }
}

extension Value {
  /// Zero for some elements, drawn anew at every step of a session; the others grow, so that the mean stays.
  ///
  /// `self / (1 − rate)` with probability `1 − rate`, else 0
  ///
  /// - Parameters:
  ///   - rate: The share of zeros, at least 0 and below 1.
  ///   - isTraining: If not, the value itself is the result.
  ///
  /// **Gradient**: that of what is kept.
  /// **Source**: Srivastava et al.: Dropout: a simple way to prevent neural networks from overfitting, 2014.
  public func dropout(_ rate: Double, isTraining: Bool = true) -> Value {
    guard isValid else { return self }
    guard rate >= 0, rate < 1 else {
      return builder.diagnose("dropout: the rate is \(rate), but must be at least 0 and below 1.")
    }
    guard dtype.isFloatingPoint else {
      return builder.diagnose("dropout: \(type) has no fractions; cast it to floating point first.")
    }
    guard isTraining, rate > 0 else { return self }
    let isKept = builder.uniform(shape, dtype) .>= like(rate)
    return select(isKept, self * (1 / (1 - rate)), like(0))
  }

  /// Ascending, for one axis whose extent is a power of two, by Batcher's bitonic network.
  ///
  /// Runs are sorted upwards and downwards in turn, by turning the sign of every other one. Two of them, one behind
  /// the other, are a longer run that first rises and then falls, and comparing across halves sorts it.
  fileprivate func sortedOfPowerOfTwo() -> Value {
    let extent = shape[0]
    var keys = self
    var run = 2
    while run <= extent {
      // The last run of all is sorted upwards only.
      let runs = builder.iota([extent / run, 1], axis: 0, dtype)
      let sign = 1 - (runs - runs / 2 * 2) * 2
      keys = keys.reshaped(to: [extent / run, run]) * sign
      var distance = run / 2
      while distance >= 1 {
        let halves = keys.reshaped(to: [extent / (2 * distance), 2, distance]).split(
          into: 2, axis: 1)
        keys = builder.concatenate(
          [TidemillGraph.min(halves[0], halves[1]), TidemillGraph.max(halves[0], halves[1])],
          axis: 1)
        distance /= 2
      }
      keys = (keys.reshaped(to: [extent / run, run]) * sign).reshaped(to: [extent])
      run *= 2
    }
    return keys
  }
}
