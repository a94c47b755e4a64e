import TidemillGraph

/// A rule that makes new parameters from gradients, as part of the graph.
public protocol Optimizer {
  /// Records the update of one parameter: reads it, and assigns its new value and that of whatever is kept for it.
  func update(_ parameter: Parameter, gradient: Value, in graph: GraphBuilder)
  /// What is wrong with the optimiser's numbers, as a sentence; `nil` if nothing is.
  var mistake: String? { get }
}

extension Optimizer {
  /// Nothing is wrong.
  public var mistake: String? { nil }
}

/// What η can be given as: a number, or a scalar of the graph, such as an input that a ``Schedule`` feeds.
public protocol LearningRate {
  /// η as a scalar of the graph.
  ///
  /// Diagnoses a value that is no floating-point scalar.
  func scalar(_ dtype: DType, in graph: GraphBuilder) -> Value
}

extension Double: LearningRate {
  /// The number, the same at every step.
  public func scalar(_ dtype: DType, in graph: GraphBuilder) -> Value {
    isFinite
      ? graph.fill(self, .scalar, dtype)
      : graph.diagnose("learning rate: \(self) was given; a finite number is needed.")
  }
}

extension Value: LearningRate {
  /// The value, cast.
  public func scalar(_ dtype: DType, in graph: GraphBuilder) -> Value {
    guard shape.rank == 0, self.dtype.isFloatingPoint else {
      return graph.diagnose(
        "learning rate: it is \(type), but a floating-point scalar is needed, such as an input of shape []."
      )
    }
    return cast(to: dtype)
  }
}

/// The sentence about the first option that is out of range.
///
/// - Parameters:
///   - name: Of the optimiser.
///   - fractions: Must be in `0 ..< 1`.
///   - amounts: Must be finite and not negative.
func mistake(
  of name: String, fractions: KeyValuePairs<String, Double> = [:],
  amounts: KeyValuePairs<String, Double> = [:]
) -> String? {
  for (option, number) in fractions where !(number >= 0 && number < 1) {
    return "\(name): \(option) must be in 0 ..< 1, but \(number) was given."
  }
  for (option, number) in amounts where !(number >= 0 && number.isFinite) {
    return "\(name): \(option) must be finite and 0 or more, but \(number) was given."
  }
  return nil
}
