import Foundation
import Testing
import Tidemill
import TidemillTestSupport

/// What `minimize` puts around optimisers: rates that change, groups, clipping, penalties, and mistakes.
@Suite struct MinimizeTests {
  private static let optimizers: [@Sendable (any LearningRate) -> any Optimizer] = [
    { SGD(learningRate: $0, momentum: 0.9, nesterov: true) },
    { AdaGrad(learningRate: $0, learningRateDecay: 0.1) }, { RMSProp(learningRate: $0) },
    { Adadelta(learningRate: $0) }, { Adam(learningRate: $0) }, { AdamW(learningRate: $0) },
    { Adamax(learningRate: $0) }, { NAdam(learningRate: $0) },
    { NAdam(learningRate: $0, weightDecay: 0.1, decoupled: true) },
    { Lion(learningRate: $0, weightDecay: 0.1) },
  ]

  private func step(
    _ parameters: [Parameter], _ minimize: @escaping @Sendable (GraphBuilder, Value) -> Void
  ) throws -> Session {
    try compile { g in
      let loss = parameters.map { g.read($0).squared().sum() }.reduce(g.fill(0), +) * 0.5
      minimize(g, loss)
      return loss
    }.session(store(parameters))
  }

  /// A rate that is an input makes the steps that the same number makes, and 0 leaves weights alone.
  @Test(arguments: optimizers.indices) func ratesAsInputs(index: Int) throws {
    let optimizer = Self.optimizers[index]
    let starts = try Tensor([1, -2, 0.5, 3, 0.25, -1] as [Float], shape: [2, 3])
    let weights = (0..<2).map { _ in parameter("w", starts) }
    let stores = try weights.map { try store([$0]) }
    let functions = try [false, true].map { isInput in
      let weight = weights[isInput ? 1 : 0]
      return try compile { g in
        let loss = g.read(weight).squared().sum()
        let rate: any LearningRate = isInput ? g.input("rate", []) : 0.125
        g.minimize(loss, over: [weight], with: optimizer(rate))
        return loss
      }
    }
    let number = try functions[0].session(stores[0])
    let input = try functions[1].session(stores[1])
    for _ in 0..<5 {
      _ = try number.run()
      _ = try input.run(0.125)
    }
    let found = try stores.map { try $0.tensor(named: "w") }
    #expect(found[0].hasSameBits(as: found[1]))
    #expect(found[0].doubles != starts.doubles)
    _ = try input.run(0)
    #expect(try stores[1].tensor(named: "w") == found[1])
  }

  /// Parameters of one number, of none, and of several axes.
  @Test(arguments: optimizers.indices) func shapes(index: Int) throws {
    let shapes: [Shape] = [[], [1], [0], [2, 0, 3], [2, 3, 4]]
    let parameters = try shapes.enumerated().map { index, shape in
      parameter("\(index)", try Tensor(numbers: shape.ones, shape: shape, .float32))
    }
    let session = try step(parameters) {
      $0.minimize($1, over: parameters, with: Self.optimizers[index](0.0625))
    }
    let first = try session.run().item()
    #expect(first == 13)
    _ = try session.run()
    #expect(try session.run().item() < first)
  }

  /// Every stage is proven, and the bits are the same for any number of threads and under the least budget.
  @Test(arguments: optimizers.indices) func proven(index: Int) throws {
    let optimizer = Self.optimizers[index]
    let network = SmallTraining(dropout: false).network
    let small = SmallTraining()
    @Sendable func body(_ g: GraphBuilder) -> [Value] {
      let x = g.input("x", [small.batch, 6])
      let loss = softmaxCrossEntropy(
        network(x, .training), labels: g.input("y", [small.batch], .int32))
      g.minimize(
        loss, over: network.parameters, with: optimizer(0.01), regularizing: .l2(1e-3),
        clipping: .globalNorm(0.5))
      return [loss]
    }
    let least = try #require(
      try smallestBudget {
        _ = try CompiledFunction(CompileOptions(memoryBudget: $0, threads: 3), body)
      })
    let results = try [(1, MemoryBudget.unlimited), (2, .unlimited), (3, .bytes(least))].map {
      let options = try CompileOptions(memoryBudget: $1, threads: $0, verifies: true)
      return try small.train(
        CompiledFunction(options, body), store: network.initialize(seed: 1), steps: 5)
    }
    for found in results.dropFirst() {
      #expect(zip(found, results[0]).allSatisfy { $0.hasSameBits(as: $1) })
    }
  }

  /// A rate may be of another type than the parameter.
  @Test func ratesOfAnotherType() throws {
    let weight = parameter("w", try float64([1, 2]))
    let store = try store([weight])
    let session = try compile { g in
      let loss = g.read(weight).sum()
      g.minimize(loss, over: [weight], with: Lion(learningRate: g.input("rate", [])))
      return loss
    }.session(store)
    _ = try session.run(0.5)
    #expect(try store.tensor(named: "w").doubles == [0.5, 1.5])
  }

  /// |(3, 4)| = 5 is scaled to 1 over all parameters together; a shorter gradient stays.
  @Test func globalNorm() throws {
    let parameters = [parameter("a", try float64([3])), parameter("b", try Tensor([4] as [Float]))]
    let store = try store(parameters)
    let function = try compile { g in
      let loss = parameters.map { (g.read($0).squared() * 0.5).sum().cast(to: .float64) }
      let total = loss[0] + loss[1]
      g.minimize(
        total, over: parameters, with: SGD(learningRate: 1.0), clipping: .globalNorm(1))
      return g.globalNorm(of: parameters.map { g.read($0) })
    }
    let session = try function.session(store)
    let factor = 1 / (5 + 1e-6)
    #expect(try session.run().item() == 5)
    try compare(store.tensor(named: "a").doubles, [3 - 3 * factor], 1e-15, "a")
    try compare(store.tensor(named: "b").doubles, [4 - 4 * factor], 1e-6, "b")
    for (name, value) in [("a", float64(0.25)), ("b", Tensor(scalar: Float(0.5)))] {
      var tensor = try store.tensor(named: name)
      if name == "a" { try tensor.set(try value.item(), at: 0) }
      if name == "b" { try tensor.set(Float(try value.item()), at: 0) }
      try store.set(tensor, named: name)
    }
    _ = try session.run()
    #expect(try store.tensor(named: "a").doubles == [0])
    #expect(try store.tensor(named: "b").doubles == [0])
  }

  /// A gradient whose norm is infinite, though the loss is finite, fails the step and changes nothing.
  @Test func infiniteNorm() throws {
    let weight = parameter("w", try Tensor([0, 1] as [Float]))
    let store = try store([weight])
    let function = try compile { g in
      let loss = g.read(weight).abs().sqrt().sum()
      g.minimize(loss, over: [weight], with: Adam(), clipping: .globalNorm(1))
      return loss
    }
    let session = try function.session(store)
    #expect(try message { try session.run() }.contains("the norm of the gradient is not finite"))
    for state in ["w.step", "w.averageGradient"] {
      #expect(try store.tensor(named: state).doubles.allSatisfy { $0 == 0 })
    }
    #expect(try store.tensor(named: "w").doubles == [0, 1])
  }

  /// Ω is in the gradient but not in the loss; as a value it is what its formula says.
  @Test func penalties() throws {
    let weight = parameter("w", try float64([3, -4, 0]))
    let store = try store([weight])
    let both = Regularizer.l1(0.5) + .l2(0.25)
    let session = try compile { g in
      let loss = g.fill(7, .scalar, .float64) + g.read(weight).sum() * 0
      g.minimize(loss, over: [weight], with: SGD(learningRate: 1.0), regularizing: both)
      return [loss, both.penalty(on: [weight, weight], in: g, .float64)]
    }.session(store)
    #expect(try session.run().item() == 7)
    #expect(try session.result(1).item() == 0.5 * 7 + 0.125 * 25)
    #expect(try store.tensor(named: "w").doubles == [3 - 0.5 - 0.75, -4 + 0.5 + 1, 0])
  }

  /// A network whose first layer is left out of the groups keeps it, bit by bit.
  @Test func freezing() throws {
    let small = SmallTraining()
    let (body, head) = (
      small.network.layers[0], small.network.layers[small.network.layers.count - 1]
    )
    let store = try small.network.initialize(seed: 1)
    let before = try store.tensors
    let function = try compile { g in
      let x = g.input("x", [small.batch, 6])
      let loss = softmaxCrossEntropy(
        small.network(x, .training), labels: g.input("y", [small.batch], .int32))
      g.minimize(loss, over: head.parameters, with: NAdam())
      return loss
    }
    _ = try small.train(function, store: store, steps: 3)
    for (one, other) in zip(before, try store.tensors) {
      let isFrozen = one.name.hasPrefix("0.")
      #expect(one.tensor.hasSameBits(as: other.tensor) == isFrozen, "\(one.name)")
    }
    #expect(body.parameters.count == 2)
  }

  /// Steps that failed are not counted: the trajectory goes on as if they had not been.
  @Test func failedStepsAreNotCounted() throws {
    let weight = parameter("w", try float64([1, 2]))
    let stores = try [store([weight]), store([weight])]
    let function = try compile { g in
      let loss = (g.read(weight).squared() * g.input("x", [], .float64)).sum()
      g.minimize(loss, over: [weight], with: NAdam(learningRate: 0.1))
      return loss
    }
    let sessions = try stores.map { try function.session($0) }
    for _ in 0..<4 {
      _ = try sessions[0].run(1.0)
      #expect(try message { try sessions[1].run(Double.nan) }.contains("not finite"))
      _ = try sessions[1].run(1.0)
    }
    #expect(try stores[0].tensor(named: "w") == stores[1].tensor(named: "w"))
    #expect(try stores[1].tensor(named: "w.step").doubles == [4])
  }

  @Test func mistakes() throws {
    let weight = parameter("weight", try float64([1, 2]))
    let cases: [(@Sendable (GraphBuilder, Value) -> Void, String)] = [
      (
        { $0.minimize($1, over: [weight], with: Adam(beta2: 1)) },
        "beta2 must be in 0 ..< 1, but 1.0"
      ),
      (
        { $0.minimize($1, over: [weight], with: AdamW(epsilon: -1)) },
        "AdamW: epsilon must be finite"
      ),
      ({ $0.minimize($1, over: [weight], with: RMSProp(decay: .nan)) }, "RMSProp: decay"),
      (
        { $0.minimize($1, over: [weight], with: SGD(learningRate: 0.1, nesterov: true)) },
        "needs a momentum"
      ),
      (
        { $0.minimize($1, over: [weight], with: Lion(learningRate: Double.infinity)) },
        "finite number"
      ),
      (
        { $0.minimize($1, over: [weight], with: Lion(learningRate: $0.input("r", [2]))) },
        "learning rate: it is float32[2], but a floating-point scalar is needed"
      ),
      (
        { $0.minimize($1, over: [weight], with: Adam(), clipping: .globalNorm(0)) },
        "clipping: the bound must be positive and finite, but 0.0 was given"
      ),
      (
        { $0.minimize($1, over: [weight], with: Adam(), regularizing: .l1(-1)) },
        "regularizer: the strength must be finite and 0 or more, but -1.0"
      ),
      (
        {
          $0.minimize(
            $1,
            over: [ParameterGroup([weight], with: Adam()), ParameterGroup([weight], with: Lion())])
        }, "the parameter 'weight', float64[2], is in two groups"
      ),
    ]
    for (build, part) in cases {
      let text = try message {
        try compile { g in
          let loss = g.read(weight).sum()
          build(g, loss)
          return loss
        }
      }
      #expect(text.contains(part), "\(text)")
      #expect(text.split(separator: "\n").count == 1, "\(text)")
    }
  }
}

extension Shape {
  fileprivate var ones: [Double] { Array(repeating: 1, count: count) }
}
