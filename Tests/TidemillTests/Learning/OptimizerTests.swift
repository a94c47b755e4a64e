import Testing
import Tidemill
import TidemillTestSupport

/// SGD against trajectories computed by hand, and what it leaves alone.
@Suite struct OptimizerTests {
  /// A loss whose gradient is `slope·w`, in float64.
  private func trajectory(
    start: [Double], steps: Int, momentum: Double, weightDecay: Double, rateAsInput: Bool
  ) throws -> [[Double]] {
    let weight = parameter("w", try float64(start))
    let store = try store([weight])
    let step = try compile { g in
      let rate = g.input("rate", [])
      let loss = (g.read(weight).squared() * 0.5).sum()
      let sgd =
        rateAsInput
        ? SGD(learningRate: rate, momentum: momentum, weightDecay: weightDecay)
        : SGD(learningRate: 0.25, momentum: momentum, weightDecay: weightDecay)
      g.minimize(loss, over: [weight], with: sgd)
      return loss
    }
    let session = try step.session(store)
    return try (0..<steps).map { _ in
      _ = try session.run(0.25)
      return try store.tensor(named: "w").doubles
    }
  }

  /// w ← w − ηw: 1, ¾, 9/16, ...
  @Test(arguments: [false, true]) func plain(rateAsInput: Bool) throws {
    let found = try trajectory(
      start: [1, -2], steps: 3, momentum: 0, weightDecay: 0, rateAsInput: rateAsInput)
    #expect(found == [[0.75, -1.5], [0.5625, -1.125], [0.421875, -0.84375]])
  }

  /// v ← dW + βv, W ← W − ηv with β = ½: by hand from w = 1:
  /// v = 1, w = ¾; v = ¾ + ½ = 5/4, w = 7/16; v = 7/16 + 5/8 = 17/16, w = 11/64.
  @Test(arguments: [false, true]) func momentum(rateAsInput: Bool) throws {
    let found = try trajectory(
      start: [1], steps: 3, momentum: 0.5, weightDecay: 0, rateAsInput: rateAsInput)
    #expect(found == [[0.75], [0.4375], [0.171875]])
  }

  /// With λ = 1 the direction is 2w: v = 2, w = ½; v = 1 + 1 = 2, w = 0; v = 0 + 1, w = −¼.
  @Test func weightDecay() throws {
    let found = try trajectory(
      start: [1], steps: 3, momentum: 0.5, weightDecay: 1, rateAsInput: false)
    #expect(found == [[0.5], [0], [-0.25]])
    let plain = try trajectory(
      start: [1], steps: 2, momentum: 0, weightDecay: 1, rateAsInput: false)
    #expect(plain == [[0.5], [0.25]])
  }

  /// The decay alone, beside a loss that does not depend on the weight: ∂ of λ/2·w² is λw.
  @Test func decayOfAnUnusedWeight() throws {
    let (used, unused) = (
      parameter("used", try float64([1])), parameter("unused", try float64([8]))
    )
    let store = try store([used, unused])
    let step = try compile { g in
      let loss = g.read(used).sum()
      g.minimize(loss, over: [used, unused], with: SGD(learningRate: 0.5, weightDecay: 0.25))
      return loss
    }
    _ = try step.session(store).run()
    #expect(try store.tensor(named: "used").doubles == [1 - 0.5 * 1.25])
    #expect(try store.tensor(named: "unused").doubles == [7])
  }

  /// A shared weight named twice is updated once, by the sum of both gradients.
  @Test func sharedWeights() throws {
    let weight = parameter("w", try float64([2, 3]))
    let store = try store([weight])
    let step = try compile { g in
      let loss = (g.read(weight) * g.read(weight)).sum()
      g.minimize(loss, over: [weight, weight], with: SGD(learningRate: 0.25))
      return loss
    }
    #expect(try step.session(store).run().item() == 13)
    #expect(try store.tensor(named: "w").doubles == [1, 1.5])
  }

  @Test func lossesThatAreNoScalars() throws {
    let weight = parameter("w", try float64([2, 3]))
    for (build, part) in [
      ({ @Sendable g in g.read(weight) * 2 }, "float64[2], but a floating-point scalar is needed"),
      ({ @Sendable g in g.read(weight).argmax() }, "int32"),
    ] as [(@Sendable (GraphBuilder) -> Value, String)] {
      let text = try message {
        try compile { g in
          let loss = build(g)
          g.minimize(loss, over: [weight], with: SGD(learningRate: 0.1))
          return loss
        }
      }
      #expect(text.contains(part), "\(text)")
    }
  }
}
