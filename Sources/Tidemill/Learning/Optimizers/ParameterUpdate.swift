import Foundation
import TidemillGraph

/// The update of one parameter while it is recorded: the parameter, and what an optimiser keeps for it.
///
/// All that is kept starts at zero and is part of the parameter's store, under the parameter's name and a role. An
/// optimiser's rule must therefore be written for a start at zero.
struct ParameterUpdate {
  let parameter: Parameter
  let graph: GraphBuilder

  init(_ parameter: Parameter, in graph: GraphBuilder) {
    (self.parameter, self.graph) = (parameter, graph)
  }

  /// The parameter before the step.
  var weight: Value { graph.read(parameter) }

  /// What was kept at the last step, of the parameter's shape; zeros at the first.
  func kept(_ role: String) -> Value { graph.read(StateKey(parameter, role: role)) }

  /// Keeps a value of the parameter's shape for the next step.
  func keep(_ value: Value, as role: String) {
    graph.assign(StateKey(parameter, role: role), value)
  }

  /// A float64 scalar kept at the last step; 0 at the first.
  func keptScalar(_ role: String) -> Value { graph.read(scalarKey(role)) }

  /// Keeps a float64 scalar for the next step.
  func keep(scalar: Value, as role: String) { graph.assign(scalarKey(role), scalar) }

  private func scalarKey(_ role: String) -> StateKey {
    StateKey(parameter, role: role, type: TensorType(.scalar, .float64))
  }

  /// `t`, the number of this step of this parameter from 1 on, as a float64 scalar. To be asked for once.
  func countStep() -> Value {
    let step = keptScalar("step") + 1
    keep(scalar: step, as: "step")
    return step
  }

  /// `decay·average + (1 − decay)·value`, kept under a role. Starts at 0, to which it is biased at first.
  func average(_ value: Value, decay: Double, as role: String) -> Value {
    let average = kept(role) * decay + value * (1 - decay)
    keep(average, as: role)
    return average
  }

  /// `1 − decayᵗ`: how far an average that started at 0 has come. Accurate however near to 1 the decay is.
  func biasCorrection(_ decay: Double, step: Value) -> Value {
    decay == 0 ? step.like(1) : -(step * log(decay)).expm1()
  }

  /// A scalar in the parameter's type, ready to be combined with it.
  func rounded(_ scalar: Value) -> Value { scalar.cast(to: parameter.type.dtype) }

  /// `gradient + λ·W`: the gradient of a loss with the penalty `λ/2·W²`.
  func decayed(_ gradient: Value, by weightDecay: Double) -> Value {
    weightDecay == 0 ? gradient : gradient + weight * weightDecay
  }
}
