import TidemillGraph

/// Numbers that tell how gradients fare on their way back, as values in the graph of a training step.
///
/// ```swift
/// let train = try compile { g in
///   let logits = network(g.input("images", [64, 784]), .training)
///   let loss = softmaxCrossEntropy(logits, labels: g.input("labels", [64], .int32))
///   g.minimize(loss, over: network.trainableParameters, with: Adam())
///   return [loss] + g.trainingFigures(of: loss, network).values
/// }
/// ```
///
/// The step computes these gradients in any case, and the compiler sees that they are the same: nothing is
/// differentiated twice. Below layers that are all frozen, where a step needs no gradients, they cost what they take.
public struct TrainingFigures {
  /// What the numbers are about, in their order.
  public let names: FigureNames
  /// The Euclidean norm of the gradient of all parameters of each layer; float64 of shape `[layers]`.
  ///
  /// Squares are added up in the type of the parameters.
  public let gradientNorms: Value
  /// The share of zeros in the derivative of the loss by what comes into each activation; float32 of shape `[activations]`.
  ///
  /// With `h = f(z)` that is `∂L/∂z = f′(z) ∘ ∂L/∂h`: with ReLU it is zero for units that are off, whose
  /// weights then learn nothing of the sample.
  public let zeroShares: Value

  /// Both, as results of a closure; ``StepFigures`` gives them their names again.
  public var values: [Value] { [gradientNorms, zeroShares] }
}

extension GraphBuilder {
  /// Records the figures of a training step.
  ///
  /// - Parameters:
  ///   - loss: A floating-point scalar.
  ///   - network: Whose parameters to look at; it was recorded in this graph before. Activations are those of all layers
  ///     of layers that take what was recorded before the loss.
  public func trainingFigures(of loss: Value, _ network: some Layer) -> TrainingFigures {
    let groups = network.parametersByLayer
    let activations = activations(before: loss)
    let parameters = groups.flatMap(\.parameters)
    let gradients = gradient(
      of: loss, withRespectTo: parameters.map { read($0) } + activations.map(\.input))
    return scope("figures") {
      var rest = gradients[...]
      let norms = groups.map { group in
        defer { rest = rest.dropFirst(group.parameters.count) }
        return globalNorm(of: Array(rest.prefix(group.parameters.count)))
      }
      let shares = rest.map { ($0 .== $0.like(0)).cast(to: .float32).mean() }
      return TrainingFigures(
        names: FigureNames(layers: groups.map(\.name), activations: activations.map(\.name)),
        gradientNorms: vector(norms, .float64), zeroShares: vector(shares, .float32))
    }
  }

  /// What comes into each activation layer that was recorded before a value.
  func activations(before value: Value) -> [(name: String, input: Value)] {
    layers.compactMap { record in
      guard record.isActivation, let input = record.input, let end = value.id, input < end else {
        return nil
      }
      return (record.name, Value(builder: self, id: input))
    }
  }

  /// Scalars as one value; an empty one where there are none.
  private func vector(_ scalars: [Value], _ dtype: DType) -> Value {
    scalars.isEmpty ? fill(0, [0], dtype) : stack(scalars)
  }
}

extension LayerRecord {
  /// As in the names of parameters: `block.hidden`.
  var name: String { scope.split(separator: "/").joined(separator: ".") }
}

extension Layer {
  /// The parameters of each layer that has some of its own; a shared one is where it is first.
  var parametersByLayer: [(name: String, parameters: [Parameter])] {
    var groups: [(name: String, parameters: [Parameter])] = []
    for entry in namedParameters.distinct {
      let name = entry.name.split(separator: ".").dropLast().joined(separator: ".")
      if let index = groups.firstIndex(where: { $0.name == name }) {
        groups[index].parameters.append(entry.parameter)
      } else {
        groups.append((name, [entry.parameter]))
      }
    }
    return groups
  }
}
