/// Which value goes first where room is needed: the one of the least weight.
///
/// Weights are cost^c / size² / distance^d, times a factor of the value's own.
///
/// **Source**: Kirisame et al.: Dynamic tensor rematerialization, 2021; here the time of the next use is
/// known, as in Belady's rule.
struct EvictionRule {
  /// 1 or 2: how much the cost of making a value again counts, with that of operands that are gone.
  var costPower: Int
  /// 0, 1 or 2: how much it counts for going that the next use is far away.
  var distancePower: Int
  /// The share of the memory that is left free until the moment of the most: room for what is made again.
  var reserve: Double
  /// By value.
  var factors: [Double]

  /// What is tried first, whatever the sequence.
  static func standard(values: Int) -> [EvictionRule] {
    let factors = [Double](repeating: 1, count: values)
    let powers = [(1, 0), (2, 1), (1, 1), (2, 0), (2, 2)]
    return [0, 0.06, 0.12, 0.25].flatMap { reserve in
      powers.map { power in
        EvictionRule(
          costPower: power.0, distancePower: power.1, reserve: reserve, factors: factors)
      }
    }
  }

  /// Another one that is near.
  func changed(_ generator: inout PlanningGenerator) -> EvictionRule {
    var rule = self
    for _ in 0..<(1 + generator.index(4)) where !factors.isEmpty {
      let factor = [1.5, 4, 50][generator.index(3)]
      rule.factors[generator.index(factors.count)] *= generator.index(2) == 0 ? factor : 1 / factor
    }
    switch generator.index(12) {
    case 0, 1, 2: rule.reserve = max(0, reserve + 0.1 * (2 * generator.fraction() - 1))
    case 3: rule.costPower = 1 + generator.index(2)
    case 4: rule.distancePower = generator.index(3)
    default: break
    }
    return rule
  }

  @inline(__always)
  func weight(cost: Double, size: Double, distance: Double, value: Int) -> Double {
    var weight = factors[value] * cost / (size * size)
    if costPower == 2 { weight *= cost }
    if distancePower > 0 { weight /= distance }
    if distancePower == 2 { weight /= distance }
    return weight
  }
}
