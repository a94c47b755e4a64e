import TidemillGraph

/// What the figures of a network's training step are about.
public struct FigureNames: Hashable, Sendable {
  /// Layers that have parameters, in the order of the network; a shared parameter counts where it is first.
  public let layers: [String]
  /// Activation layers, in the order in which they are recorded.
  public let activations: [String]
}

extension Layer {
  /// What the figures of a training step of this network alone are about.
  ///
  /// - Parameter input: What comes in, the batch included.
  /// - Throws: `graph` with every mistake, such as an input that does not fit the first layer.
  public func figureNames(input: TensorType) throws -> FigureNames {
    let graph = GraphBuilder()
    let output = recordedAsLayer(graph.input("input", input.shape, input.dtype), .training)
    _ = try graph.graph(outputs: [output])
    return FigureNames(
      layers: parametersByLayer.map(\.name),
      activations: graph.activations(before: output).map(\.name))
  }
}
