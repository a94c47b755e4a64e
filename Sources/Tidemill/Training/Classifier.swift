import TidemillGraph
import TidemillRuntime

/// The function between two layers.
public enum Activation: String, Sendable, CaseIterable {
  /// `max(0, x)`
  case relu
  /// The hyperbolic tangent.
  case tanh
  /// `1/(1 + e⁻ˣ)`
  case sigmoid
  /// Nothing: a stack of linear layers equals a single one.
  case linear

  /// The layer; none for `linear`.
  var layer: (any Layer)? {
    switch self {
    case .relu: ReLU()
    case .tanh: Tanh()
    case .sigmoid: Sigmoid()
    case .linear: nil
    }
  }

  /// What keeps signals at their size through this function.
  var initializer: Initializer { self == .relu ? .he : .glorot }
}

extension Sequential {
  /// A fully connected classifier: linear layers with an activation after each but the last.
  ///
  /// - Parameters:
  ///   - inputs: Features of a sample.
  ///   - hidden: Units of each layer in between; may be empty.
  ///   - classes: Outputs, one logit for each class.
  ///   - activation: After each hidden layer; also decides how weights are drawn.
  public static func classifier(
    inputs: Int, hidden: [Int], classes: Int, activation: Activation
  ) -> Sequential {
    let sizes = [inputs] + hidden + [classes]
    return Sequential(
      (0..<sizes.count - 1).flatMap { index -> [any Layer] in
        let isLast = index == sizes.count - 2
        let linear = Linear(
          sizes[index], sizes[index + 1], initializer: isLast ? .glorot : activation.initializer)
        return [linear] + (isLast ? [] : [activation.layer].compactMap(\.self))
      })
  }
}
