import TidemillGraph

/// How long work takes on one core of a machine: it decides how calls are cut and where tasks go, and what a simulation
/// says, never a result.
///
/// For the same constants a graph compiles to the same tasks.
package struct CostModel: Hashable, Sendable {
  /// In the order of `CostConstant.allCases`.
  private var values: [Double]

  /// Where nothing is measured.
  package static let standard = CostModel()

  private init() { values = CostConstant.allCases.map(\.standard) }

  /// - Throws: `TidemillError` with code `calibration` for a number that is no time.
  package init(_ constants: [CostConstant: Double]) throws {
    self.init()
    for (index, constant) in CostConstant.allCases.enumerated() {
      guard let value = constants[constant] else { continue }
      guard value >= 0, value <= Self.longest else {
        throw TidemillError(
          .calibration,
          "The calibration says \(value) for '\(constant.rawValue)': expected seconds from 0 to "
            + "\(Self.longest). Measure again.")
      }
      values[index] = value
    }
  }

  /// The same where arithmetic takes some times as long, and bytes what they took.
  package func slowed(by factor: Double) -> CostModel {
    var slower = self
    for (index, constant) in CostConstant.allCases.enumerated() where constant.isArithmetic {
      slower.values[index] *= factor
    }
    return slower
  }

  package subscript(_ constant: CostConstant) -> Double {
    values[Self.places[constant] ?? 0]
  }

  private static let places = Dictionary(
    uniqueKeysWithValues: CostConstant.allCases.enumerated().map { ($1, $0) })
  /// No constant is so long on a machine that works.
  private static let longest = 0.1

  // MARK: Arithmetic

  /// What a tile takes whose operands lie in the nearest caches.
  package func arithmeticSeconds(_ work: Work) -> Double {
    var seconds = call(work.kind) + work.rows * self[.row]
    if let product = work.product { seconds += product.multiplyAdds * multiplyAdd(product) }
    for function in FunctionClass.allCases {
      if let count = work.functions[function] { seconds += count * self[Self.constant(function)] }
    }
    return seconds
  }

  private func multiplyAdd(_ product: Work.Product) -> Double {
    let deep = self[.productDeep]
    var seconds = deep
    if product.m == 1 {
      seconds = self[.productRow]
    } else if product.n <= 14 && product.m >= 32 {
      // Lanes count rows: few columns leave multiply-adds waiting for one another.
      seconds = self[.productNarrow] * 10 / Double(max(min(product.n, 10), 1))
    }
    // What a tile of sums costs by itself is felt where it is not deep.
    let shallow = max(self[.productShallow] - deep, 0) * 8
    seconds += product.m == 1 ? 0 : shallow / Double(max(product.k, 1))
    switch product.dtype {
    case .float64: return seconds * self[.productFloat64] / deep
    case .bfloat16: return seconds * self[.productBFloat16] / deep
    default: return seconds
    }
  }

  private func call(_ kind: Work.Kind) -> Double {
    switch kind {
    case .product: self[.callProduct]
    case .elementwise: self[.callElementwise]
    case .reduction: self[.callReduction]
    case .rows: self[.callRows]
    case .check: self[.callCheck]
    case .other: self[.callOther]
    }
  }

  private static func constant(_ function: FunctionClass) -> CostConstant {
    switch function {
    case .simple: .functionSimple
    case .root: .functionRoot
    case .exponential: .functionExponential
    case .compound: .functionCompound
    case .gaussian: .functionGaussian
    case .power: .functionPower
    }
  }
}

extension TidemillError.Code {
  /// A calibration file is damaged, or of a version that is not known.
  public static let calibration = Self("calibration")
}
