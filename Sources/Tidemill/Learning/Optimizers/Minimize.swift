import TidemillGraph

/// Parameters that are updated in one way.
///
/// ```swift
/// g.minimize(
///   loss,
///   over: [
///     ParameterGroup(body.parameters, with: AdamW(learningRate: rate * 0.1)),
///     ParameterGroup(head.parameters, with: AdamW(learningRate: rate), regularizing: .l1(1e-5)),
///   ], clipping: .globalNorm(1))
/// ```
///
/// Parameters that are in no group stay as they are.
public struct ParameterGroup {
  let parameters: [Parameter]
  let optimizer: any Optimizer
  let regularizer: Regularizer?

  /// - Parameters:
  ///   - parameters: What to change; a shared one counts once.
  ///   - optimizer: Says by how much.
  ///   - regularizer: A penalty on them that is added to the loss.
  public init(
    _ parameters: [Parameter], with optimizer: some Optimizer,
    regularizing regularizer: Regularizer? = nil
  ) {
    self.parameters = parameters.distinct
    self.optimizer = optimizer
    self.regularizer = regularizer
  }
}

extension GraphBuilder {
  /// Makes a training step: the gradient of a loss, and the update of every parameter by it.
  ///
  /// Parameters change only if the loss is finite; otherwise the run throws and all state stays.
  ///
  /// - Parameters:
  ///   - loss: A floating-point scalar.
  ///   - parameters: What to change; a shared one counts once. One that is left out stays as it is.
  ///   - optimizer: Says by how much, as more graph.
  ///   - regularizer: A penalty on the parameters that is added to the loss.
  ///   - clipping: Makes gradients smaller, those of the penalty included, before the optimiser sees them.
  public func minimize(
    _ loss: Value, over parameters: [Parameter], with optimizer: some Optimizer,
    regularizing regularizer: Regularizer? = nil, clipping: GradientClipping? = nil
  ) {
    minimize(
      loss, over: [ParameterGroup(parameters, with: optimizer, regularizing: regularizer)],
      clipping: clipping)
  }

  /// Makes a training step in which groups of parameters are updated each in its way.
  ///
  /// Diagnoses a parameter that is in two groups.
  ///
  /// - Parameters:
  ///   - loss: A floating-point scalar.
  ///   - groups: What to change, and how. A parameter that is in none stays as it is.
  ///   - clipping: Makes gradients smaller, those of all groups together, before the optimisers see them.
  public func minimize(
    _ loss: Value, over groups: [ParameterGroup], clipping: GradientClipping? = nil
  ) {
    requireFinite(loss, "the loss")
    let parameters = groups.flatMap(\.parameters)
    guard accepts(groups, parameters) else { return }
    let gradients = gradient(
      of: regularized(loss, groups), withRespectTo: parameters.map { read($0) })
    scope("update") {
      var rest = (clipping?.clipped(gradients, in: self) ?? gradients)[...]
      for group in groups {
        for (parameter, gradient) in zip(group.parameters, rest) {
          group.optimizer.update(parameter, gradient: gradient, in: self)
        }
        rest = rest.dropFirst(group.parameters.count)
      }
    }
  }

  /// `L + Ω(θ)`. Only its gradient is used, which does not need `Ω`, so that it is never computed.
  private func regularized(_ loss: Value, _ groups: [ParameterGroup]) -> Value {
    groups.reduce(loss) { sum, group in
      guard let regularizer = group.regularizer, loss.isValid else { return sum }
      return sum + regularizer.penalty(on: group.parameters, in: self, loss.dtype)
    }
  }

  private func accepts(_ groups: [ParameterGroup], _ parameters: [Parameter]) -> Bool {
    var seen: Set<ObjectIdentifier> = []
    let mistakes =
      parameters.filter { !seen.insert(ObjectIdentifier($0)).inserted }.map {
        "minimize: the parameter '\($0.name)', \($0.type), is in two groups; leave it in one."
      } + groups.compactMap(\.optimizer.mistake)
    for mistake in mistakes { diagnose(mistake) }
    return mistakes.isEmpty
  }
}
