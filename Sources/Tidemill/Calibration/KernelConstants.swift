import CKernels
import TidemillCompiler
import TidemillGraph

/// What kernels take on the calling thread.
struct KernelConstants {
  private(set) var values: [CostConstant: Double] = [:]
  private let probe: KernelProbe
  private let caches: (l2: Int, l3: Int)

  /// Measures three times, and takes what lies in the middle: the first time a core is not at its speed yet.
  ///
  /// - Parameters:
  ///   - caches: Bytes of the second cache and of the last one.
  ///   - reachesMemory: Whether memory is measured as well, which takes more than the last cache has; otherwise it is as much
  ///     slower than that cache as it usually is.
  /// - Throws: `out-of-memory`.
  init(
    _ instructionSet: InstructionSet, caches: (l2: Int, l3: Int), reachesMemory: Bool
  ) throws {
    self.caches = caches
    let behind = min(caches.l3 / 4 * 5, Self.most)
    probe = try KernelProbe(
      instructionSet, byteCount: max(4 * caches.l2, reachesMemory ? behind : 0) + (6 << 20))
    var rounds: [[CostConstant: Double]] = []
    for _ in 0..<3 {
      products()
      functions()
      calls()
      transfers()
      rounds.append(values)
    }
    for constant in values.keys {
      values[constant] = rounds.compactMap { $0[constant] }.sorted()[1]
    }
    let l3 = values[.streamL3] ?? 0
    let ratio = CostConstant.streamMemory.standard / CostConstant.streamL3.standard
    let memory = reachesMemory ? max(stream(behind, rounds: 1), l3) : l3 * ratio
    values[.streamMemory] = memory
    values[.productMemory] = (values[.productL3] ?? 0) * memory / max(l3, 1e-15)
  }

  /// Of memory: more than that would take long.
  private static let most = 256 << 20

  private mutating func products() {
    func each(_ m: Int, _ n: Int, _ k: Int, _ dtype: DType = .float32, times: Int = 1) -> Double {
      probe.seconds([KernelProbe.product(m, n, k, dtype)], times: times, rounds: 4)
        / Double(m * n * k)
    }
    values[.productDeep] = each(112, 256, 256)
    values[.productShallow] = each(56, 128, 8, times: 4)
    values[.productNarrow] = each(112, 10, 128, times: 4)
    values[.productRow] = each(1, 256, 256, times: 2)
    values[.productFloat64] = each(56, 128, 128, .float64)
    values[.productBFloat16] = each(56, 128, 256, .bfloat16)
  }

  private mutating func functions() {
    let count = 2048
    let one = probe.seconds([KernelProbe.chain(TM_ADD, count: count)], times: 4)
    let nine = probe.seconds([KernelProbe.chain(TM_ADD, count: count, times: 9)], times: 2)
    let simple = max(nine - one, 0) / Double(8 * count)
    values[.functionSimple] = simple
    let functions: [(CostConstant, tm_opcode)] = [
      (.functionRoot, TM_SQRT), (.functionExponential, TM_TANH), (.functionCompound, TM_SOFTPLUS),
      (.functionGaussian, TM_GELU), (.functionPower, TM_POW),
    ]
    for (constant, function) in functions {
      let seconds = probe.seconds([KernelProbe.chain(function, count: count)], times: 2)
      values[constant] = max(simple, simple + (seconds - one) / Double(count))
    }
  }

  private mutating func calls() {
    func least(_ call: any KernelCall) -> Double { probe.seconds([call], times: 32) }
    func view(_ shape: [Int], at offset: Int = 0) -> View { KernelProbe.view(shape, at: offset) }
    func rows(_ count: Int, _ columns: Int) -> RowCall {
      RowCall(
        .softmax, input: view([count, columns]), output: view([count, columns], at: 1 << 16))
    }
    values[.callProduct] = least(KernelProbe.product(14, 32, 1))
    let elementwise = least(KernelProbe.chain(TM_ADD, count: 1))
    values[.callElementwise] = elementwise
    values[.callOther] = elementwise
    values[.callReduction] = least(
      ReduceCall(.sum, input: view([1, 1, 1]), output: view([1, 1], at: 64)))
    values[.callCheck] = least(CheckCall(input: view([1])))
    let few = least(rows(1, 10))
    let exponential = values[.functionExponential] ?? 0
    let row = (least(rows(33, 10)) - few) / 32 - 10 * exponential
    values[.row] = max(row, 0)
    values[.callRows] = max(few - row - 10 * exponential, 0)
  }

  // MARK: Memory

  private mutating func transfers() {
    values[.streamL2] = stream(caches.l2 / 2, rounds: 4)
    values[.streamL3] = stream(3 * caches.l2, rounds: 2)
    let (near, far) = (product(count: 1), product(count: 6))
    values[.productL3] = max(far - near, 0)
  }

  /// Seconds a byte: one comes for each that is read, and two move for each that is written.
  private func stream(_ bytes: Int, rounds: Int) -> Double {
    let count = bytes / 8
    return probe.seconds([KernelProbe.chain(TM_ADD, count: count)], rounds: rounds)
      / Double(12 * count)
  }

  /// Seconds for each byte of the right operands of some products, one after the other.
  private func product(count: Int) -> Double {
    let (n, k, offset) = (256, 512, 1 << 20)
    let bytes = n * k * 4
    let calls = (0..<count).map { KernelProbe.product(112, n, k, at: offset + $0 * bytes) }
    return probe.seconds(calls, rounds: 2) / Double(bytes)
  }
}
