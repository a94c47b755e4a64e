import TidemillGraph

/// A network layer by layer: what comes out of each, its parameters and its work. For JSON: names of fields are stable;
/// fields may be added.
///
/// ```swift
/// print(try network.summary(input: TensorType([64, 784])))
/// ```
public struct NetworkSummary: Encodable, Sendable {
  /// One layer.
  public struct Row: Encodable, Sendable {
    /// As in the names of its parameters: `hidden`, `2.0`. Empty for the network itself.
    public let name: String
    /// The name of its type: `Linear`.
    public let kind: String
    /// The extents of what comes out.
    public let outputShape: [Int]
    /// Numbers in its parameters, without those of a layer above that it shares.
    public let parameters: Int
    /// Numbers in parameters that a layer above has too.
    public let sharedParameters: Int
    /// How many of `parameters` training changes.
    public let trainableParameters: Int
    /// Floating-point operations of the layer in inference, for the whole input.
    public let flops: Double
  }

  /// Layers that compute something or have parameters of their own, and those without layers in them, in the order
  /// of the network; a layer of layers before these.
  public let rows: [Row]
  /// The element type of the input: `float32`.
  public let inputType: String
  /// The extents of the input, the batch included.
  public let inputShape: [Int]
  /// Numbers in all parameters; a shared one counts once.
  public let parameters: Int
  /// How many of them training changes.
  public let trainableParameters: Int
  /// How many of them it does not.
  public var frozenParameters: Int { parameters - trainableParameters }
  /// Bytes of all parameters.
  public let parameterBytes: Int
  /// Floating-point operations of the whole network in inference, for the whole input.
  ///
  /// `2·M·N·K` for a matrix product; one for each element of an elementwise operation's result, whatever the operation, and
  /// of a sum's or a softmax's operand; none for constants, changes of shape and picking elements.
  public let flops: Double
}

extension Layer {
  /// Looks at the network layer by layer, as it is in inference.
  ///
  /// Layers in a ``Sequential``, ``Parallel`` or ``Residual`` have rows of their own, and so have those that another layer
  /// records with ``recorded(as:_:_:)``.
  ///
  /// - Parameter input: What comes in, the batch included.
  /// - Throws: `graph` with every mistake, such as an input that does not fit the first layer.
  public func summary(input: TensorType) throws -> NetworkSummary {
    let graph = GraphBuilder()
    let output = recordedAsLayer(graph.input("input", input.shape, input.dtype), .inference)
    let recorded = try graph.graph(outputs: [output])
    return NetworkSummary(self, input, graph.layers, recorded)
  }
}

extension NetworkSummary {
  fileprivate init(
    _ network: some Layer, _ input: TensorType, _ layers: [LayerRecord], _ graph: Graph
  ) {
    // Layers come before those in them, so that the innermost layer of a node is the last one here.
    var owners = [Int](repeating: 0, count: graph.nodes.count)
    for (index, layer) in layers.enumerated() {
      for node in layer.nodes { owners[node] = index }
    }
    var flops = [Double](repeating: 0, count: layers.count)
    for (node, owner) in owners.enumerated() { flops[owner] += graph.flops(of: graph.nodes[node]) }
    let trainable = Set(network.trainableParameters.map(ObjectIdentifier.init))
    var counted: Set<ObjectIdentifier> = []
    rows = layers.indices.compactMap { index in
      let layer = layers[index]
      let inside = layers[(index + 1)...].prefix { $0.scope.hasPrefix(layer.prefix) }
      let others = Set(inside.flatMap(\.parameters).map(ObjectIdentifier.init))
      let own = layer.parameters.distinct.filter { !others.contains(ObjectIdentifier($0)) }
      guard inside.isEmpty || flops[index] > 0 || !own.isEmpty else { return nil }
      let new = own.filter { counted.insert(ObjectIdentifier($0)).inserted }
      return Row(
        name: layer.name, kind: layer.kind,
        outputShape: layer.output.map { graph[$0].type.shape.dimensions } ?? [],
        parameters: new.elementCount,
        sharedParameters: own.elementCount - new.elementCount,
        trainableParameters: new.filter { trainable.contains(ObjectIdentifier($0)) }.elementCount,
        flops: flops[index])
    }
    inputType = input.dtype.description
    inputShape = input.shape.dimensions
    parameters = network.parameterCount
    trainableParameters = network.trainableParameters.elementCount
    parameterBytes = network.namedParameters.distinct.reduce(0) { sum, entry in
      let (next, overflow) = sum.addingReportingOverflow(entry.parameter.type.byteCount)
      return overflow ? .max : next
    }
    self.flops = flops.reduce(0, +)
  }
}

extension LayerRecord {
  /// How scopes of layers in this one begin.
  fileprivate var prefix: String { scope.isEmpty ? "" : scope + "/" }
}

extension Graph {
  /// Of one node; see ``NetworkSummary/flops``.
  fileprivate func flops(of node: Node) -> Double {
    let operands = node.operands.map { self[$0].type.shape }
    switch node.operation {
    case is MatrixMultiply:
      return 2 * Double(node.type.shape.count) * Double(operands[0].dimensions.last ?? 0)
    case is Reduce, is RowFunction, is SoftmaxCrossEntropy:
      return Double(operands[0].count)
    default:
      if case .elementwise = node.operation.lowering { return Double(node.type.shape.count) }
      return 0
    }
  }
}
