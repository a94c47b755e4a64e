/// Where to draw the nodes of a graph whose edges go from left to right.
///
/// A node is a box with a wire to its right, which branches to the boxes that use it. Boxes of one depth
/// are a column; what uses nothing stands beside its first use. A wire over several columns keeps a row
/// of its own in those between, so that it crosses no box.
///
/// **Source**: Sugiyama, Tagawa, Toda: Methods for visual understanding of hierarchical system
/// structures, 1981 (columns, and their order by barycentres).
package struct LayeredLayout {
  /// What is to be drawn.
  package struct Node {
    package var boxWidth: Double
    /// Room for the texts on its wire.
    package var wireWidth: Double
    /// Positions of earlier nodes.
    package var operands: [Int]

    package init(boxWidth: Double, wireWidth: Double, operands: [Int]) {
      self.boxWidth = boxWidth
      self.wireWidth = wireWidth
      self.operands = operands
    }
  }

  /// A box, and the end of its wire; `y` is its middle.
  package struct Place: Equatable {
    package var x: Double
    package var y: Double
    package var width: Double
    package var wireEnd: Double
  }

  /// A branch of a wire: a curve from the end of one column to the start of the next, then straight on.
  package struct Branch: Equatable {
    package var x: Double
    package var y: Double
    package var curveEndX: Double
    package var endX: Double
    package var endY: Double
    /// Whether a box is at its end.
    package var arrives: Bool
  }

  /// In the order of the nodes.
  package private(set) var places: [Place] = []
  package private(set) var branches: [Branch] = []
  package private(set) var width = 0.0
  package private(set) var height = 0.0

  /// From the middle of a box to the end of what belongs to it.
  package static let halfNode = 32.0
  private static let halfWire = 10.0
  private static let gap = 44.0

  /// Lays nodes out from the top left, at `(0, 0)`.
  package init(_ nodes: [Node]) {
    let columns = LayeredColumns(operands: nodes.map(\.operands))
    let y = columns.positions { columns.items[$0].isBox ? Self.halfNode : Self.halfWire }
    let top = columns.items.indices.map { y[$0] - Self.halfNode }.min() ?? 0
    height = (columns.items.indices.map { y[$0] + Self.halfNode }.max() ?? 0) - top

    var starts: [Double] = []
    var boxEnds: [Double] = []
    var ends: [Double] = []
    for column in columns.order {
      let boxes = column.filter { columns.items[$0].isBox }.map { nodes[columns.items[$0].node] }
      starts.append(starts.isEmpty ? 0 : ends[ends.count - 1] + Self.gap)
      boxEnds.append(starts[starts.count - 1] + (boxes.map(\.boxWidth).max() ?? 0))
      ends.append(boxEnds[boxEnds.count - 1] + (boxes.map(\.wireWidth).max() ?? 0))
    }
    width = ends.last ?? 0
    places = nodes.enumerated().map { index, node in
      let column = columns.items[index].column
      return Place(
        x: boxEnds[column] - node.boxWidth, y: y[index] - top, width: node.boxWidth,
        wireEnd: ends[column])
    }
    branches = columns.items.indices.flatMap { end in
      columns.items[end].from.map { start in
        let item = columns.items[end]
        return Branch(
          x: ends[item.column - 1], y: y[start] - top, curveEndX: starts[item.column],
          endX: item.isBox ? places[item.node].x : ends[item.column], endY: y[end] - top,
          arrives: item.isBox)
      }
    }
  }
}
