import Foundation
import Testing
import Tidemill
import TidemillTestSupport

/// Gradient norms and shares of zero derivatives: against plain formulas, and without a second pass.
@Suite struct TrainingFiguresTests {
  /// `h = f(x·W + b)`, `L = mean over samples of Σ (h·V)²/2`, by hand, for ReLU and tanh.
  @Test(arguments: [true, false]) func byHand(rectified: Bool) throws {
    let (samples, inputs, units) = (5, 3, 4)
    let first = Linear(inputs, units, dtype: .float64)
    let last = Linear(units, 2, bias: false, dtype: .float64)
    let network = Sequential {
      first.named("hidden")
      if rectified { ReLU() } else { Tanh().named("squash") }
      last
    }
    let store = try network.initialize(seed: 4)
    try store.set(float64([0.5, -0.25, -2, 0.125]), named: "hidden.bias")
    let x = (0..<samples * inputs).map { sin(Double($0) * 1.7) }
    let function = try compile { g in
      let output = network(g.input("x", [samples, inputs], .float64), .training)
      let loss = output.squared().sum() * (0.5 / Double(samples))
      let figures = g.trainingFigures(of: loss, network)
      #expect(figures.names.layers == ["hidden", "2"])
      #expect(figures.names.activations == [rectified ? "1" : "squash"])
      return [loss] + figures.values
    }
    let session = try function.session(store)
    try session.run(float64(x, [samples, inputs]))

    let weight = try rows(store.tensor(named: "hidden.weight").doubles, units)
    let bias = try store.tensor(named: "hidden.bias").doubles
    let head = try rows(store.tensor(named: "2.weight").doubles, 2)
    var weightGradient = Array(repeating: Array(repeating: 0.0, count: units), count: inputs)
    var biasGradient = Array(repeating: 0.0, count: units)
    var headGradient = Array(repeating: [0.0, 0], count: units)
    var zeros = 0
    for row in rows(x, inputs) {
      let z = (0..<units).map { unit in bias[unit] + dot(row, weight.map { $0[unit] }) }
      let h = z.map { rectified ? max($0, 0) : tanh($0) }
      let output = (0..<2).map { column in dot(h, head.map { $0[column] }) }
      for unit in 0..<units {
        let slope = rectified ? (z[unit] > 0 ? 1 : 0) : 1 - h[unit] * h[unit]
        let derivative = slope * dot(output, head[unit]) / Double(samples)
        zeros += derivative == 0 ? 1 : 0
        biasGradient[unit] += derivative
        for input in 0..<inputs { weightGradient[input][unit] += row[input] * derivative }
        for column in 0..<2 {
          headGradient[unit][column] += h[unit] * output[column] / Double(samples)
        }
      }
    }
    func norm(_ numbers: [Double]) -> Double { dot(numbers, numbers).squareRoot() }
    let expected = [
      norm(Array(weightGradient.joined()) + biasGradient), norm(Array(headGradient.joined())),
    ]
    try compare(session.result(1).doubles, expected, 1e-13, "norms")
    #expect(rectified == (zeros > 0) && zeros < samples * units)
    let share = try session.result(2).doubles[0]
    #expect(abs(share - Double(zeros) / Double(samples * units)) < 1e-7)
  }

  private let network = Sequential {
    Linear(8, 32)
    ReLU()
    Residual {
      Linear(32, 32).named("inner"); Dropout(0.2); ReLU()
    }.named("block")
    Linear(32, 4)
  }

  private func step(figures: Bool, _ clipping: GradientClipping? = nil) throws -> CompiledFunction {
    let network = network
    return try compile { g in
      let logits = network(g.input("x", [16, 8]), .training)
      let loss = softmaxCrossEntropy(logits, labels: g.input("labels", [16], .int32))
      g.minimize(
        loss, over: network.trainableParameters, with: SGD(learningRate: 0.1, momentum: 0.9),
        regularizing: .l2(1e-3), clipping: clipping)
      return [loss] + (figures ? g.trainingFigures(of: loss, network).values : [])
    }
  }

  /// The gradient is there already: figures add no product of matrices, whatever else the step does with it.
  @Test func noSecondPass() throws {
    for clipping in [nil, GradientClipping.globalNorm(1), .value(0.5)] {
      let counts = try [false, true].map { figures in
        let nodes = GraphReport(try step(figures: figures, clipping).graph).nodes
        return ["matmul", "softmaxCrossEntropyGradient", "uniform"].map { name in
          nodes.count { $0.operation == name }
        }
      }
      #expect(counts[0] == counts[1])
      // Three layers: forward, by weights, and by what comes into all but the first.
      #expect(counts[0] == [3 + 3 + 2, 1, 1])
    }
  }

  /// A training with figures has the same bits as one without.
  @Test func changesNothing() throws {
    let x = try Tensor((0..<128).map { Float($0 % 13) / 13 }, shape: [16, 8])
    let labels = try Tensor((0..<16).map { Int32($0 % 4) })
    let weights = try [false, true].map { figures in
      let store = try network.initialize(seed: 2)
      let session = try step(figures: figures).session(store)
      for _ in 0..<5 { try session.run(x, labels) }
      if figures {
        let norms = try session.result(1).doubles
        #expect(norms.count == 3 && norms.allSatisfy { $0 > 0 })
        let shares = try session.result(2).doubles
        #expect(shares.count == 2 && shares.allSatisfy { $0 > 0.05 && $0 < 0.95 })
      }
      return try store.tensors.map(\.tensor)
    }
    #expect(zip(weights[0], weights[1]).allSatisfy { $0.hasSameBits(as: $1) })
  }

  /// Layers without parameters or activations have no figures; a graph of another network none of its activations.
  @Test func nothingToTell() throws {
    let found = try numbers([Tensor([1, 2] as [Float])]) { g, x in
      let figures = g.trainingFigures(of: x[0].sum(), Lambda { $0 })
      #expect(figures.names.layers.isEmpty && figures.names.activations.isEmpty)
      return figures.values
    }
    #expect(found == [[], []])
  }

  @Test func names() throws {
    let names = try network.figureNames(input: TensorType([1, 8]))
    #expect(names.layers == ["0", "block.inner", "3"] && names.activations == ["1", "block.2"])
    #expect(
      try message { try network.figureNames(input: TensorType([1, 9])) }.contains("in 0: matmul"))
    let (norms, shares) = (try float64([1, 2, 3]), try float64([0.5, 0.25]))
    let figures = try StepFigures(names, gradientNorms: norms, zeroShares: shares)
    #expect(
      figures.gradientNorms.map(\.layer) == names.layers && figures.gradientNorms[2].value == 3)
    #expect(
      figures.zeroShares.map(\.layer) == names.activations && figures.zeroShares[1].value == 0.25)
    #expect(
      try message { try StepFigures(names, gradientNorms: shares, zeroShares: shares) }
        .contains("There are 3 gradient norms, but float64[2] was given"))
  }

  /// A shared layer counts where it is first, and what is recorded after the loss has no figures.
  @Test func sharedAndLater() throws {
    let shared = Linear(4, 4, bias: false)
    let network = Sequential {
      shared.named("first"); ReLU(); shared.named("again"); Bias(4)
    }
    #expect(try network.figureNames(input: TensorType([1, 4])).layers == ["first", "3"])
    let graph = GraphBuilder()
    let input = graph.input("x", [1, 4])
    let loss = network(input, .training).sum()
    _ = Sequential { Tanh().named("later") }(input + 1, .training)
    let figures = graph.trainingFigures(of: loss, network)
    #expect(figures.names.layers == ["first", "3"])
    #expect(figures.names.activations == ["1"])
  }

  /// What a classifier's training tells at each step, when asked.
  @Test func ofClassifierTraining() throws {
    let digits = try Digits.load()
    var options = TrainingOptions()
    options.epochs = 1
    for reports in [false, true] {
      let training = try ClassifierTraining(
        .classifier(inputs: 64, hidden: [32, 16], classes: 10, activation: .relu), features: 64,
        options, reportsFigures: reports)
      var seen: [StepFigures] = []
      try training.run(on: digits.train) { seen += [$0.figures].compactMap(\.self) }
      #expect(seen.count == (reports ? 23 : 0))
      for figures in seen {
        #expect(figures.gradientNorms.map(\.layer) == ["0", "2", "4"])
        #expect(figures.gradientNorms.allSatisfy { $0.value > 0 && $0.value < 100 })
        #expect(figures.zeroShares.map(\.layer) == ["1", "3"])
        #expect(figures.zeroShares.allSatisfy { $0.value > 0.1 && $0.value < 0.9 })
      }
      let text = try String(decoding: JSONEncoder().encode(seen.first), as: UTF8.self)
      #expect(text.contains("\"gradientNorms\":[{") == reports)
    }
  }

  /// The lecture's point: with linear units no derivative is zero, with ReLU many are.
  @Test func sparsityIsOfReLU() throws {
    let digits = try Digits.load()
    for (activation, range) in [(Activation.relu, 0.2...0.9), (.tanh, 0.0...0.05)] {
      var options = TrainingOptions()
      options.epochs = 2
      let training = try ClassifierTraining(
        .classifier(inputs: 64, hidden: [64], classes: 10, activation: activation), features: 64,
        options, reportsFigures: true)
      let last = try #require(try training.run(on: digits.train)?.figures)
      #expect(range.contains(last.zeroShares[0].value), "\(activation)")
    }
  }
}
