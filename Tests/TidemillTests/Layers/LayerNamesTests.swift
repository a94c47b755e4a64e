import Testing
import Tidemill
import TidemillTestSupport

/// Names of one's own, parameters that are frozen or shared, and how they are picked.
@Suite struct LayerNamesTests {
  private func names(_ layer: any Layer) -> [String] { layer.namedParameters.map(\.name) }

  @Test func namesOfOnesOwn() throws {
    let network = Sequential {
      Linear(3, 4).named("hidden")
      ReLU()
      Residual { Linear(4, 4, bias: false).named("inner") }.named("block")
      Parallel {
        Linear(4, 1, bias: false).frozen().named("left")
        Linear(4, 1, bias: false).named("right").frozen()
        Scale(4).named("twice").named("scaled")
      }
      Bias(6)
    }
    let expected = [
      "hidden.weight", "hidden.bias", "block.inner.weight", "3.left.weight", "3.right.weight",
      "3.scaled.scale", "4.bias",
    ]
    #expect(names(network) == expected)
    #expect(try network.initialize(seed: 1).tensors.map(\.name) == expected)
    // The same names in diagnostics.
    #expect(try mistake(of: network, [5, 7]).contains("in hidden: matmul"))
    let inner = Sequential { Residual { Linear(4, 4).named("inner") }.named("block") }
    #expect(try mistake(of: inner, [5, 7]).contains("in block/inner: matmul"))
  }

  @Test func namesThatCannotBe() throws {
    let twice = Sequential {
      Linear(3, 3).named("a")
      ReLU().named("a")
    }
    #expect(try mistake(of: twice, [2, 3]).contains("Sequential: two layers have the name 'a'"))
    let number = Parallel {
      Linear(3, 3).named("1")
      Linear(3, 3)
    }
    #expect(try mistake(of: number, [2, 3]).contains("Parallel: two layers have the name '1'"))
    #expect(try message { try number.initialize(seed: 1) }.contains("have the name '1.weight'"))
    for name in ["", "a.b", "a/b"] {
      let layer = Sequential { Linear(3, 3).named(name) }
      #expect(
        try mistake(of: layer, [2, 3]).contains("a layer has the name '\(name)'; names must"))
    }
  }

  /// A name changes no numbers.
  @Test func namesAndNumbers() throws {
    let plain = Sequential {
      Linear(3, 4); Linear(4, 2)
    }
    let named = Sequential {
      Linear(3, 4).named("a"); Linear(4, 2).named("b").frozen()
    }
    let tensors = try [plain, named].map { try $0.initialize(seed: 5).tensors.map(\.tensor) }
    #expect(zip(tensors[0], tensors[1]).allSatisfy { $0.hasSameBits(as: $1) })
  }

  /// Frozen parameters stay bit for bit, the others learn, and gradients pass through what is frozen.
  @Test func frozenLayers() throws {
    let network = Sequential {
      Linear(6, 8)
      Sequential {
        Linear(8, 8); Tanh()
      }.frozen()
      Linear(8, 3)
    }
    #expect(network.trainableParameters.map(\.name) == ["weight", "bias", "weight", "bias"])
    #expect(network.parameters.count == 6)
    let store = try network.initialize(seed: 1)
    let before = try store.tensors
    let function = try compile { g in
      let loss = network(g.input("x", [4, 6]), .training).squared().mean()
      g.minimize(loss, over: network.trainableParameters, with: SGD(learningRate: 0.1))
      return loss
    }
    try function.session(store).run(Tensor(repeating: Float(0.5), shape: [4, 6]))
    for (old, new) in zip(before, try store.tensors) {
      #expect(old.tensor.hasSameBits(as: new.tensor) == old.name.hasPrefix("1."), "\(old.name)")
    }
  }

  /// What is frozen in one place is frozen wherever it is used, whichever comes first.
  @Test func frozenAndShared() throws {
    let shared = Linear(3, 3)
    for network in [
      Sequential {
        shared.frozen(); shared; Bias(3)
      },
      Sequential {
        shared; shared.frozen(); Bias(3)
      },
    ] {
      #expect(network.trainableParameters.count == 1)
      #expect(network.parameterCount == 12 + 3)
    }
  }

  @Test func pickedByName() throws {
    let shared = Linear(2, 2)
    let network = Sequential {
      shared.named("first")
      shared.named("again")
      Linear(2, 2).named("last")
      Linear(2, 2).frozen()
    }
    #expect(network.trainableParameters { $0.hasPrefix("first.") }.count == 2)
    // A shared parameter goes by its first name, so that picks do not overlap.
    #expect(network.trainableParameters { $0.hasPrefix("again.") }.isEmpty)
    let biases = network.trainableParameters { $0.hasSuffix("bias") }
    let others = network.trainableParameters { !$0.hasSuffix("bias") }
    #expect(biases.map(\.name) == ["bias", "bias"] && others.map(\.name) == ["weight", "weight"])
    // Groups of layers and of names: each is updated in its own way.
    let function = try compile { g in
      let loss = network(g.input("x", [1, 2]), .training).sum()
      g.minimize(
        loss,
        over: [
          ParameterGroup(biases, with: SGD(learningRate: 0)),
          ParameterGroup(others, with: SGD(learningRate: 0.5)),
        ])
      return loss
    }
    let store = try network.initialize(seed: 1)
    let before = try store.tensors
    try function.session(store).run(Tensor([1, 2] as [Float], shape: [1, 2]))
    for (old, new) in zip(before, try store.tensors) {
      let stays = old.name.hasSuffix("bias") || old.name.hasPrefix("3")
      #expect(old.tensor.hasSameBits(as: new.tensor) == stays, "\(old.name)")
    }
  }

  @Test func pickingMayThrow() {
    struct Failure: Error {}
    #expect(throws: Failure.self) {
      try Linear(2, 2).trainableParameters { _ in throw Failure() }
    }
  }
}
