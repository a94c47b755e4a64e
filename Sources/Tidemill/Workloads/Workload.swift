import TidemillGraph
import TidemillRuntime

/// A training step of a fixed shape, for benchmarks and pictures.
///
/// A step here is the same work as the step of the same name in other systems' benchmarks: forward,
/// backward, and SGD with momentum 0.9 and learning rate 0.001, in float32, on data that lies in memory.
public struct Workload: Sendable {
  /// Such as `mlp_digits`.
  public let name: String
  /// One line for people.
  public let summary: String
  /// Samples of a step.
  public let batchSize: Int
  let network: any Layer
  let inputShape: Shape
  let target: Target

  /// What the network's output is compared with.
  enum Target: Sendable {
    /// Softmax cross entropy with random labels.
    case classes(Int)
    /// Mean squared error with random numbers of the shape `[batch, 1]`.
    case numbers
  }

  /// All workloads, smallest first.
  public static let all: [Workload] = [
    tiny, mlpDigits, mlpDigitsSingle, mlpDeep, mlpWide, branches,
  ]

  /// The workload of a name: one of ``all``, or `mlp_wide_N` for mlp_wide with N hidden layers, up to 128.
  ///
  /// - Throws: `argument` where there is none, naming those that there are.
  public static func named(_ name: String) throws -> Workload {
    if let layers = name.wholeMatch(of: /mlp_wide_([0-9]{1,3})/).flatMap({ Int($0.1) }),
      1...128 ~= layers
    {
      return mlpWide(layers: layers, name: name)
    }
    guard let found = all.first(where: { $0.name == name }) else {
      throw TidemillError(
        .argument,
        "There is no workload '\(name)'; there are \(all.map(\.name).joined(separator: ", ")), "
          + "and mlp_wide_N for up to 128 hidden layers.")
    }
    return found
  }

  /// The same step of another number of samples.
  ///
  /// - Throws: `argument` where that is not 1 or more.
  public func batched(_ count: Int) throws -> Workload {
    guard count >= 1 else {
      throw TidemillError(.argument, "A batch of \(count): give at least 1 sample.")
    }
    var extents = inputShape.dimensions
    extents[0] = count
    return Workload(
      name: name, summary: summary, batchSize: count, network: network,
      inputShape: Shape(extents), target: target)
  }

  /// Three weights and a sigmoid.
  static let tiny = Workload(
    name: "tiny", summary: "one sigmoid neuron of three inputs, batch 1", batchSize: 1,
    network: Sequential {
      Linear(3, 1, initializer: .normal(deviation: 1), bias: false)
      Sigmoid()
    }, inputShape: [1, 3], target: .numbers)

  static let mlpDigits = digits(name: "mlp_digits", batch: 64)
  static let mlpDigitsSingle = digits(name: "mlp_digits_b1", batch: 1)

  private static func digits(name: String, batch: Int) -> Workload {
    Workload(
      name: name, summary: "784-256-10, ReLU, batch \(batch)", batchSize: batch,
      network: Sequential.classifier(inputs: 784, hidden: [256], classes: 10, activation: .relu),
      inputShape: [batch, 784], target: .classes(10))
  }

  static let mlpDeep = Workload(
    name: "mlp_deep", summary: "784-1024-1024-1024-10, sigmoid, batch 256", batchSize: 256,
    network: Sequential.classifier(
      inputs: 784, hidden: [1024, 1024, 1024], classes: 10, activation: .sigmoid),
    inputShape: [256, 784], target: .classes(10))

  static let mlpWide = mlpWide(layers: 4, name: "mlp_wide")

  /// Layers of one size, of which there may be many: what recomputation is measured on.
  private static func mlpWide(layers: Int, name: String) -> Workload {
    Workload(
      name: name,
      summary: "1024 \(layers == 4 ? "four" : "\(layers)") times-1000, ReLU, batch 1024",
      batchSize: 1024,
      network: Sequential.classifier(
        inputs: 1024, hidden: Array(repeating: 1024, count: layers), classes: 1000,
        activation: .relu),
      inputShape: [1024, 1024], target: .classes(1000))
  }

  static let branches = Workload(
    name: "branches", summary: "32 branches 256-64-64, tanh, joined to 10, batch 32", batchSize: 32,
    network: Branches(), inputShape: [32, 256], target: .classes(10))
}

/// Independent small networks on one input, joined by a last layer.
private struct Branches: Layer {
  let branches = (0..<32).map { _ in
    Sequential {
      Linear(256, 64, initializer: .glorot)
      Tanh()
      Linear(64, 64, initializer: .glorot)
      Tanh()
    }
  }
  let head = Linear(32 * 64, 10, initializer: .glorot)

  func callAsFunction(_ input: Value, _ mode: Mode) -> Value {
    let outputs = branches.enumerated().map { index, branch in
      branch.recorded(as: "branch\(index)", input, mode)
    }
    return head.recorded(as: "head", input.builder.concatenate(outputs, axis: 1), mode)
  }

  var namedParameters: [NamedParameter] {
    branches.enumerated().flatMap { index, branch in
      branch.namedParameters(as: "branch\(index)")
    } + head.namedParameters(as: "head")
  }
}
