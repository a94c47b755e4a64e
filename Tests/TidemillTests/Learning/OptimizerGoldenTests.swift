import Testing
import Tidemill
import TidemillTestSupport

/// Every optimiser for 100 steps against PyTorch, on a network 3-4-2 with tanh; Lion against its paper's algorithm.
@Suite struct OptimizerGoldenTests {
  private struct Content: Decodable {
    let initial: [String: [Double]]
    let x: [Double]
    let y: [Double]
    /// By optimiser and step, the elements of w1, b1, w2, b2.
    let float32: [String: [String: [[Double]]]]
    let float64: [String: [String: [[Double]]]]
  }

  private typealias Step = @Sendable (GraphBuilder, _ loss: Value, _ over: [Parameter]) -> Void

  private static func plain(_ optimizer: @escaping @Sendable () -> any Optimizer) -> Step {
    { $0.minimize($1, over: $2, with: optimizer()) }
  }

  private static let steps: [String: Step] = [
    "sgd": plain { SGD(learningRate: 0.1) },
    "sgd momentum": plain { SGD(learningRate: 0.05, momentum: 0.9, weightDecay: 1e-2) },
    "sgd nesterov": plain {
      SGD(learningRate: 0.05, momentum: 0.9, nesterov: true, weightDecay: 1e-2)
    },
    "adagrad": plain { AdaGrad() },
    "adagrad options": plain {
      AdaGrad(
        learningRate: 0.1, learningRateDecay: 0.01, initialSum: 0.1, epsilon: 1e-6,
        weightDecay: 1e-2)
    },
    "rmsprop": plain { RMSProp() },
    "rmsprop options": plain {
      RMSProp(
        learningRate: 3e-3, decay: 0.95, epsilon: 1e-5, momentum: 0.8, centered: true,
        weightDecay: 1e-2)
    },
    "adadelta": plain { Adadelta() },
    "adadelta options": plain {
      Adadelta(learningRate: 2.0, decay: 0.8, epsilon: 1e-4, weightDecay: 1e-2)
    },
    "adam": plain { Adam() },
    "adam options": plain {
      Adam(
        learningRate: 0.02, beta1: 0.8, beta2: 0.95, epsilon: 1e-4, weightDecay: 1e-2,
        amsgrad: true)
    },
    "adamw": plain { AdamW() },
    "adamw options": plain {
      AdamW(learningRate: 0.02, beta1: 0, beta2: 0.9, epsilon: 1e-4, weightDecay: 0.2)
    },
    "adamax": plain { Adamax() },
    "adamax options": plain {
      Adamax(learningRate: 5e-3, beta1: 0.8, beta2: 0.95, epsilon: 1e-4, weightDecay: 1e-2)
    },
    "nadam": plain { NAdam() },
    "nadam options": plain {
      NAdam(
        learningRate: 5e-3, beta1: 0.8, beta2: 0.95, epsilon: 1e-4, momentumDecay: 0.03,
        weightDecay: 1e-2)
    },
    "nadam decoupled": plain { NAdam(learningRate: 5e-3, weightDecay: 0.1, decoupled: true) },
    "lion": plain { Lion(learningRate: 1e-3) },
    "lion options": plain {
      Lion(learningRate: 3e-3, beta1: 0.8, beta2: 0.9, weightDecay: 0.1)
    },
    "clip value": {
      $0.minimize(
        $1, over: $2, with: SGD(learningRate: 0.05, momentum: 0.9), clipping: .value(0.02))
    },
    "clip norm": {
      $0.minimize(
        $1, over: $2, with: SGD(learningRate: 0.1, momentum: 0.9), clipping: .globalNorm(0.25))
    },
    "l1 and l2": {
      $0.minimize(
        $1, over: $2, with: Adam(learningRate: 0.01), regularizing: .l1(1e-2) + .l2(3e-2))
    },
    "groups": {
      $0.minimize(
        $1,
        over: [
          ParameterGroup([$2[1], $2[3]], with: SGD(learningRate: 0.1)),
          ParameterGroup([$2[2]], with: AdamW(learningRate: 0.02)),
        ])
    },
  ]

  @Test(arguments: steps.keys.sorted(), [DType.float32, .float64])
  func trajectory(name: String, dtype: DType) throws {
    let content = try Goldens.read("optimizers.json", as: Content.self)
    let all = dtype == .float32 ? content.float32 : content.float64
    let step = try #require(Self.steps[name])
    let expected = try #require(all[name])
    let shapes: [(String, Shape)] = [("w1", [3, 4]), ("b1", [4]), ("w2", [4, 2]), ("b2", [2])]
    let parameters = try shapes.map { name, shape in
      let numbers = try #require(content.initial[name])
      return parameter(name, try Tensor(numbers: numbers, shape: shape, dtype))
    }
    let x = try Tensor(numbers: content.x, shape: [8, 3], dtype)
    let y = try Tensor(numbers: content.y, shape: [8, 2], dtype)
    let store = try store(parameters)
    let session = try compile { g in
      let weights = parameters.map { g.read($0) }
      let hidden = (g.input("x", [8, 3], dtype).matmul(weights[0]) + weights[1]).tanh()
      let output = hidden.matmul(weights[2]) + weights[3]
      let loss = meanSquaredError(output, g.input("y", [8, 2], dtype))
      step(g, loss, parameters)
      return loss
    }.session(store)
    let tolerance = dtype == .float32 ? 1e-5 : 1e-10
    for step in 1...100 {
      _ = try session.run(x, y)
      guard let expected = expected["\(step)"] else { continue }
      for (position, parameter) in parameters.enumerated() {
        let found = try store.tensor(named: parameter.name).doubles
        let distance = zip(found, expected[position]).map { $0 - $1 }
        let relative = (dot(distance, distance) / dot(expected[position], expected[position]))
          .squareRoot()
        #expect(relative <= tolerance, "\(name), \(dtype), step \(step), \(parameter.name)")
      }
    }
    // None was left out of the comparison.
    #expect(Set(all.keys) == Set(Self.steps.keys))
    #expect(expected.keys.sorted() == ["1", "10", "100"])
  }
}
