import Testing
import Tidemill
import TidemillTestSupport

/// Many steps in one call give what as many calls give.
@Suite struct StepsTests {
  private func bits(_ store: ParameterStore) throws -> [[Float]] {
    try store.tensors.map { try $0.tensor.scalars() }
  }

  /// The same losses and weights to the last bit, for fewer and more threads than cores, again and again.
  @Test(arguments: ["tiny", "mlp_digits", "branches"], [1, 2, 3, 8])
  func sameBits(name: String, threads: Int) throws {
    let workload = try Workload.named(name)
    let data = try workload.data(seed: 1)
    let compiled = try workload.compiled(threads: threads)
    let (one, many) = (try workload.initialize(seed: 1), try workload.initialize(seed: 1))
    let single = try compiled.session(one, seed: 5)
    let several = try compiled.session(many, seed: 5)
    for count in [1, 6, 6, 20] {
      let losses = try (0..<count).map { _ in
        try single.run(data.input, data.target).item()
      }
      let found = try several.run(steps: count, data.input, data.target)
      #expect(found.shape == [count])
      #expect(try found.scalars(as: Float.self).map(Double.init) == losses)
    }
    #expect(try bits(one) == bits(many))
    #expect(single.step == 33 && several.step == 33)
    // And a step by itself after them.
    #expect(
      try single.run(data.input, data.target).item()
        == several.run(data.input, data.target).item())
  }

  private struct Regression {
    let network = Sequential { Linear(3, 1) }
    let compiled: CompiledFunction

    init(threads: Int) throws {
      let network = network
      compiled = try compile(threads: threads) { g in
        let x = g.input("x", [4, 3]), y = g.input("y", [4, 1]), rate = g.input("rate", [])
        let noisy = x.dropout(0.25)
        let loss = meanSquaredError(network(noisy, .training), y)
        g.minimize(loss, over: network.trainableParameters, with: SGD(learningRate: rate))
        return [loss, noisy]
      }
    }

    func store() throws -> ParameterStore { try network.initialize(seed: 2) }
  }

  private static let x = (0..<5 * 4 * 3).map { Float($0 % 7) - 3 }
  private static let y = (0..<5 * 4).map { Float($0 % 5) }

  /// A slice for each step, of tensors and of numbers; masks are those of the steps' numbers.
  @Test(arguments: [1, 3]) func slices(threads: Int) throws {
    let regression = try Regression(threads: threads)
    let rates: [Float] = [0.1, 0.05, 0.02, 0.01, 0]
    let one = try regression.store()
    let single = try regression.compiled.session(one, seed: 9)
    var losses: [Double] = []
    var noisy: [Float] = []
    for step in 0..<5 {
      let x = try Tensor(Array(Self.x[step * 12..<step * 12 + 12]), shape: [4, 3])
      let y = try Tensor(Array(Self.y[step * 4..<step * 4 + 4]), shape: [4, 1])
      losses.append(try single.run(x, y, rates[step]).item())
      noisy += try single.result(1).scalars(as: Float.self)
    }
    let many = try regression.store()
    let several = try regression.compiled.session(many, seed: 9)
    let found = try several.run(
      steps: 5, Tensor(Self.x, shape: [5, 4, 3]), Tensor(Self.y, shape: [5, 4, 1]), Tensor(rates))
    #expect(try found.scalars(as: Float.self).map(Double.init) == losses)
    #expect(try several.result(1).scalars(as: Float.self) == noisy)
    #expect(try several.result(1).shape == [5, 4, 3])
    #expect(try bits(one) == bits(many))
  }

  /// A step that fails leaves the state as the one before it left it, and is named.
  @Test(arguments: [1, 2, 8]) func failure(threads: Int) throws {
    let regression = try Regression(threads: threads)
    var x = Self.x
    for index in 36..<48 { x[index] = .nan }
    let broken = try regression.store()
    let several = try regression.compiled.session(broken, seed: 9)
    let error = #expect(throws: TidemillError.self) {
      try several.run(
        steps: 5, Tensor(x, shape: [5, 4, 3]), Tensor(Self.y, shape: [5, 4, 1]), 0.01)
    }
    #expect(error?.code == .notFinite && error?.message.contains("Step 3") == true)
    #expect(several.step == 3)
    let whole = try regression.store()
    let three = try regression.compiled.session(whole, seed: 9)
    try three.run(
      steps: 3, Tensor(Array(x[..<36]), shape: [3, 4, 3]),
      Tensor(Array(Self.y[..<12]), shape: [3, 4, 1]), 0.01)
    #expect(try bits(broken) == bits(whole))
  }

  @Test func mistakesAreTold() throws {
    let regression = try Regression(threads: 1)
    let session = try regression.compiled.session(regression.store())
    let (x, y) = (try Tensor(zeros: [4, 3]), try Tensor(zeros: [4, 1]))
    for steps in [0, -1, 2_000_000] {
      let error = #expect(throws: TidemillError.self) { try session.run(steps: steps, x, y, 0.1) }
      #expect(error?.code == .argument && error?.message.contains("\(steps)") == true)
    }
    let error = #expect(throws: TidemillError.self) {
      try session.run(steps: 4, Tensor(zeros: [5, 4, 3]), y, 0.1)
    }
    #expect(error?.code == .input)
    #expect(
      error?.message.contains("A tensor for 4 steps has one more axis, of 4, in front") == true)
    #expect(session.step == 0)
  }
}
