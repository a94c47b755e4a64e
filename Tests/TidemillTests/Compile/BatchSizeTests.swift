import Testing
import Tidemill
import TidemillTestSupport

/// Batches of other sizes than declared: the closure is traced again, once for each size.
@Suite struct BatchSizeTests {
  private func batch(_ count: Int) throws -> Tensor {
    try Tensor((0..<count * 3).map { Float($0) }, shape: [count, 3])
  }

  @Test func smallerAndLargerBatches() throws {
    let function = try compile { g in
      let x = g.input("x", [4, 3])
      return [x.softmax().sum(axes: [1]).mean(), x * 2, x.matmul(x.transposed())]
    }
    let session = try function.session()
    for count in [4, 1, 7, 3, 100, 1, 4] {
      let x = try batch(count)
      #expect(abs(try session.run(x).item() - 1) < 1e-6)
      #expect(try session.result(1).doubles == x.doubles.map { $0 * 2 })
      #expect(try session.result(2).shape == [count, count])
    }
  }

  /// The second batch of a size finds the executable of the first, also in another session.
  @Test func executablesAreKept() throws {
    let traces = Counter()
    let function = try compile { g in
      traces.increment()
      return g.input("x", [4, 3]).sum()
    }
    #expect(traces.value == 1)
    for _ in 0..<3 {
      let session = try function.session()
      for count in [4, 2, 4, 2, 5] { _ = try session.run(batch(count)) }
    }
    #expect(traces.value == 3)
    // Many sizes in turn: old ones are forgotten, none goes wrong.
    let session = try function.session()
    for round in 0..<2 {
      for count in 1...20 {
        let sum = Double(count * 3 * (count * 3 - 1) / 2)
        #expect(try session.run(batch(count)).item() == sum, "round \(round), \(count)")
      }
    }
  }

  /// No samples: no work, and a mean of 0 rather than NaN or a trap.
  @Test func emptyBatch() throws {
    let network = Sequential {
      Linear(3, 5)
      ReLU()
      Linear(5, 2)
    }
    let store = try network.initialize(seed: 1)
    let before = try store.tensors
    let train = try compile { g in
      let labels = g.input("labels", [4], .int32)
      let loss = softmaxCrossEntropy(network(g.input("x", [4, 3]), .training), labels: labels)
      g.minimize(loss, over: network.parameters, with: SGD(learningRate: 0.1))
      return loss
    }
    let session = try train.session(store)
    let loss = try session.run(Tensor(zeros: [0], .int32), batch(0))
    #expect(try loss.item() == 0)
    for (one, other) in zip(before, try store.tensors) { #expect(one.tensor == other.tensor) }
  }

  /// Sizes under which the closure makes no sense are errors that name the operation, and the session goes on.
  @Test func sizesThatDoNotFit() throws {
    let session = try compile { g in g.input("x", [4, 3]).reshaped(to: [2, 6]).sum() }.session()
    #expect(try session.run(batch(4)).item() == 66)
    #expect(try message { try session.run(batch(3)) }.contains("reshape"))
    #expect(try session.run(batch(4)).item() == 66)
  }

  /// A budget holds for every size.
  @Test func budgetOfLargerBatches() throws {
    let function = try compile(memoryBudget: .bytes(4096), threads: 1) { g in
      let x = g.input("x", [4, 3])
      return x.matmul(x.transposed()).softmax().sum()
    }
    let session = try function.session()
    _ = try session.run(batch(4))
    #expect(
      try message { try session.run(batch(500)) }.contains(
        "The memory budget of 4096 bytes is too small"))
    #expect(abs(try session.run(batch(4)).item() - 4) < 1e-5)
  }
}
