import Testing
import Tidemill
import TidemillCompiler
import TidemillRuntime
import TidemillTestSupport

/// Dropout: what it does in each mode, how often, and that the same elements are dropped however a step is run.
@Suite struct DropoutTests {
  /// The share of zeros within five standard errors; the others are scaled, bit for bit, so that the mean stays.
  @Test(arguments: [0.1, 0.5, 0.9]) func statistics(rate: Double) throws {
    let count = 40_000
    let x = try Tensor((0..<count).map { Float($0 % 17) + 1 }, shape: [200, 200])
    let found: [Float] = try numbers(of: Dropout(rate), .training, x).scalars()
    let scale = Float(1 / (1 - rate))
    let given: [Float] = try x.scalars()
    #expect(zip(found, given).allSatisfy { $0 == 0 || $0 == $1 * scale })
    let zeros = Double(found.count { $0 == 0 }) / Double(count)
    let error = (rate * (1 - rate) / Double(count)).squareRoot()
    #expect(abs(zeros - rate) < 5 * error)
    let mean = found.reduce(0) { $0 + Double($1) } / Double(count)
    #expect(abs(mean / 9 - 1) < 7 * error / (1 - rate))
    // No row and no column is left out as a whole.
    for line in 0..<200 {
      #expect((0..<200).contains { found[line * 200 + $0] != 0 })
      #expect((0..<200).contains { found[$0 * 200 + line] != 0 })
    }
  }

  /// In inference, and at rate 0, nothing is recorded at all.
  @Test func inferenceIsTheInput() throws {
    let x = try Tensor([1, -2, 0.1] as [Float])
    let modes: [(Double, Mode)] = [(0.5, .inference), (0.99, .inference), (0, .training)]
    for (rate, mode) in modes {
      #expect(try numbers(of: Dropout(rate), mode, x).hasSameBits(as: x))
      let function = try compile { g in Dropout(rate)(g.input("x", [3]), mode) }
      #expect(!GraphReport(function.graph).nodes.contains { $0.operation == "uniform" })
    }
    #expect(try numbers(of: Sequential { Dropout(0.9) }, x).hasSameBits(as: x))
  }

  /// The mode reaches dropout through every layer of layers.
  @Test func modeIsHandedOn() throws {
    let x = try Tensor(repeating: Float(1), shape: [8, 64])
    let dropout = Dropout(0.5)
    let layers: [any Layer] = [
      Sequential { Sequential { dropout } }, dropout.named("drop"), dropout.frozen(),
      Residual { dropout }, Parallel { dropout },
    ]
    for layer in layers {
      let dropped = try numbers(of: layer, .training, x).doubles
      let values = Set(dropped)
      #expect(values == (layer is Residual ? [1, 3] : [0, 2]), "\(layer)")
      #expect(Set(try numbers(of: layer, .inference, x).doubles).count == 1, "\(layer)")
    }
  }

  @Test func gradients() throws {
    let x = try float64((1...24).map { Double($0) / 8 }, [4, 6])
    let network = Sequential {
      Linear(6, 5, dtype: .float64)
      Tanh()
      Dropout(0.4)
      Linear(5, 2, dtype: .float64)
    }
    for mode in Mode.allCases {
      let report = try checkGradients(at: [x], seed: 2) { _, x in
        Dropout(0.4)(x[0], mode).squared()
      }
      #expect(report.agrees, "\(report)")
      try checkParameterGradients(network, mode, at: x)
    }
  }

  @Test func mistakes() throws {
    for mode in Mode.allCases {
      #expect(try mistake(of: Dropout(1), [3], mode).contains("the rate is 1.0"))
      #expect(try mistake(of: Dropout(-0.1), [3], mode).contains("at least 0 and below 1"))
      #expect(try mistake(of: Dropout(.nan), [3], mode).contains("the rate is nan"))
    }
  }

  /// Two layers of one network drop different elements, and each step drops others.
  @Test func placesAndStepsDiffer() throws {
    let function = try compile { g in
      let x = g.fill(1, [1000])
      return [Dropout(0.5)(x, .training), Dropout(0.5)(x, .training)]
    }
    let session = try function.session(seed: 4)
    var seen: [[Double]] = []
    for _ in 0..<3 {
      try session.run()
      seen += session.results.map(\.doubles)
    }
    #expect(Set(seen).count == 6)
    let other = try function.session(seed: 5)
    try other.run()
    #expect(!seen.contains(try other.result(0).doubles))
  }

  /// A session that goes on at a step drops what it would have dropped, and so do other numbers of threads.
  @Test func stepAloneDecides() throws {
    let graph = GraphBuilder()
    let dropped = Dropout(0.3)(graph.fill(1, [300, 217]), .training)
    let built = try graph.graph(outputs: [dropped])
    func run(threads: Int, steps: [UInt64]) throws -> [Tensor] {
      let executable = try Executable(built, threads: threads, instructionSet: .preferred())
      let binding = try Binding(
        executable, store: ParameterStore([], seed: 0), pool: Pool.shared(threads: threads))
      binding.bind(arena: try TensorStorage(byteCount: executable.plan.arenaBytes))
      return try steps.map { step in
        try binding.run(seed: 7, step: step)
        return binding.output(0)
      }
    }
    let all = try run(threads: 1, steps: Array(0..<6))
    for threads in [1, 2, 3, 8] {
      let resumed = try run(threads: threads, steps: [3, 4, 5])
      #expect(zip(resumed, all.suffix(3)).allSatisfy { $0.hasSameBits(as: $1) })
    }
    #expect(!all[0].hasSameBits(as: all[3]))
  }

  /// Under a budget the mask is made a second time; the weights after some steps are the same.
  @Test func sameWhenComputedAgain() throws {
    let network = Sequential {
      Linear(32, 256)
      for _ in 0..<3 {
        Dropout(0.4)
        Tanh()
        Linear(256, 256)
      }
      Linear(256, 8)
    }
    func weights(_ budget: MemoryBudget, threads: Int) throws -> (calls: Int, [Tensor]) {
      let function = try compile(memoryBudget: budget, threads: threads) { g in
        let logits = network(g.input("x", [128, 32]), .training)
        let loss = softmaxCrossEntropy(logits, labels: g.input("labels", [128], .int32))
        g.minimize(loss, over: network.trainableParameters, with: SGD(learningRate: 0.1))
        return loss
      }
      let store = try network.initialize(seed: 1)
      let session = try function.session(store, seed: 3)
      let x = try Tensor((0..<128 * 32).map { Float($0 % 23) / 23 }, shape: [128, 32])
      let labels = try Tensor((0..<128).map { Int32($0 % 8) })
      for _ in 0..<4 { try session.run(x, labels) }
      return (function.memory.recomputedCalls, try store.tensors.map(\.tensor))
    }
    let (none, free) = try weights(.unlimited, threads: 1)
    let smallest = try #require(try smallestBudget { _ = try weights($0, threads: 2) })
    let budgets: [(MemoryBudget, Int)] = [
      (.bytes(smallest), 2), (.smallest, 8), (.fractionOfPeak(0.8), 1), (.fractionOfPeak(0.7), 3),
    ]
    #expect(none == 0)
    for (budget, threads) in budgets {
      let (some, tight) = try weights(budget, threads: threads)
      #expect(some > 0, "\(budget)")
      #expect(zip(tight, free).allSatisfy { $0.hasSameBits(as: $1) }, "\(budget)")
    }
  }
}
