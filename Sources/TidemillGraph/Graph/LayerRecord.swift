/// What a layer of a network recorded in a graph, for summaries and figures; it changes nothing that runs.
package struct LayerRecord: Sendable {
  /// Its scope: `block/hidden`.
  package let scope: String
  /// The name of its type: `Linear`.
  package let kind: String
  /// Whether it is a function of each element, without parameters.
  package let isActivation: Bool
  package let parameters: [Parameter]
  /// What came in, and what it made of that; nothing where the graph has a mistake.
  package let input: NodeID?
  package let output: NodeID?
  /// The nodes that were recorded in it.
  package let nodes: Range<Int>

  package init(
    scope: String, kind: String, isActivation: Bool, parameters: [Parameter], input: NodeID?,
    output: NodeID?, nodes: Range<Int>
  ) {
    self.scope = scope
    self.kind = kind
    self.isActivation = isActivation
    self.parameters = parameters
    self.input = input
    self.output = output
    self.nodes = nodes
  }
}
