import FoundationXML
import Foundation
import Testing
import Tidemill
import TidemillTestSupport

/// Pictures of expressions.
@Suite struct ExplainPictureTests {
  /// A rectangle that something of a picture takes.
  private struct Rectangle {
    var left, top, right, bottom: Double

    func overlaps(_ other: Rectangle) -> Bool {
      left < other.right && other.left < right && top < other.bottom && other.top < bottom
    }
  }

  /// Proves a layout naively: no box or wire with its texts overlaps another, nothing lies outside, and
  /// no branch passes through a box.
  private func check(_ layout: LayeredLayout, _ note: String) {
    let half = LayeredLayout.halfNode
    let cells = layout.places.map {
      Rectangle(left: $0.x, top: $0.y - half, right: $0.wireEnd, bottom: $0.y + half)
    }
    let slack = 1e-9
    for (index, cell) in cells.enumerated() {
      #expect(
        cell.left >= -slack && cell.top >= -slack && cell.right <= layout.width + slack
          && cell.bottom <= layout.height + slack, "\(note): \(index) is outside")
      for (other, second) in cells.enumerated() where other > index {
        var (first, second) = (cell, second)
        first.bottom -= slack
        second.bottom -= slack
        #expect(!first.overlaps(second), "\(note): \(index) and \(other) overlap")
      }
    }
    for branch in layout.branches where !branch.arrives {
      for place in layout.places {
        let passes =
          branch.curveEndX < place.x + place.width && place.x < branch.endX
          && abs(branch.endY - place.y) < ExplanationDrawing.halfBox
        #expect(!passes, "\(note): a wire passes through a box")
      }
    }
  }

  @Test("Nothing overlaps in random layouts")
  func layouts() {
    for seed in 0..<300 as Range<UInt64> {
      var generator = SeededGenerator(seed: seed)
      let count = 1 + generator.index(below: 45)
      let nodes = (0..<count).map { index in
        let operands = index == 0 || generator.chance(0.35) ? 0 : 1 + generator.index(below: 2)
        return LayeredLayout.Node(
          boxWidth: generator.uniform(20...200), wireWidth: generator.uniform(10...200),
          operands: (0..<operands).map { _ in generator.index(below: index) })
      }
      check(LayeredLayout(nodes), "seed \(seed)")
    }
  }

  @Test("A tree has no crossings")
  func tree() {
    let nodes = [[], [], [0, 1], [], [], [3, 4], [2, 5]].map {
      LayeredLayout.Node(boxWidth: 30, wireWidth: 30, operands: $0)
    }
    let layout = LayeredLayout(nodes)
    for first in layout.branches {
      for second in layout.branches where first.x == second.x && first.y < second.y {
        #expect(first.endY <= second.endY)
      }
    }
    #expect(layout.places[0].y < layout.places[1].y && layout.places[1].y < layout.places[3].y)
  }

  /// What an XML parser finds in a picture.
  private final class Reader: NSObject, XMLParserDelegate {
    var boxes: [Rectangle] = []
    var texts: [String] = []
    private var text = ""

    func parser(
      _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
      qualifiedName: String?, attributes: [String: String]
    ) {
      text = ""
      let numbers = ["x", "y", "width", "height"].compactMap { attributes[$0].flatMap(Double.init) }
      if name == "rect", numbers.count == 4 {
        boxes.append(
          Rectangle(
            left: numbers[0], top: numbers[1], right: numbers[0] + numbers[2],
            bottom: numbers[1] + numbers[3]))
      }
    }

    func parser(_ parser: XMLParser, foundCharacters string: String) { text += string }

    func parser(
      _ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?
    ) {
      if name == "text" { texts.append(text) }
    }
  }

  private func read(_ picture: String) throws -> Reader {
    let parser = XMLParser(data: Data(picture.utf8))
    let reader = Reader()
    parser.delegate = reader
    try #require(parser.parse(), "\(parser.parserError.map { "\($0)" } ?? "")")
    return reader
  }

  @Test(
    "Pictures are XML with a box for each node, none on another",
    arguments: [
      ("x", "x=1"),
      ("max(1 - (w*x)*y, 0)", "w=0.5,x=2,y=1"),
      ("x*x*x*x + x*x - x", "x=-1.5"),
      ("1/(1+exp(-(w0*x0+w1*x1+w2)))", "w0=2,w1=-3,w2=-3,x0=-1,x1=-2"),
      ("sum((W @ x - [1, 2])^2) + 0.01 * sum(W^2)", "W=[[1,2],[3,4]], x=[1e-7, 123456789]"),
      ("長い名前 * θ", "長い名前=1, θ=2"),
      ("sum(abs([1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20]))", ""),
    ])
  func pictures(text: String, values: String) throws {
    let explanation = try Explanation(Expression(text), at: ExpressionValues(values))
    let picture = try read(explanation.svg())
    #expect(picture.boxes.count == explanation.nodes.count)
    for (index, box) in picture.boxes.enumerated() {
      for other in picture.boxes[(index + 1)...] { #expect(!box.overlaps(other)) }
    }
    for node in explanation.nodes {
      #expect(picture.texts.contains(NumberBlock.short(node.value, digits: 4, limit: 28)))
      #expect(picture.texts.contains(NumberBlock.short(node.gradient, digits: 4, limit: 28)))
    }
    check(ExplanationDrawing(explanation).layout, text)
  }

  @Test("Graphviz gets a line for each node and each operand")
  func dot() throws {
    let explanation = try Explanation(Expression("x*x + 1"), at: ExpressionValues("x=3"))
    let lines = explanation.dot.split(separator: "\n").map(String.init)
    #expect(lines[0] == "digraph \"x * x + 1\" {")
    #expect(lines.contains("  n1 [label=\"q1 = x * x\\nvalue 9\\ngradient 1\"];"))
    #expect(
      lines.filter { $0.contains("->") } == [
        "  n0 -> n1;", "  n0 -> n1;", "  n1 -> n3;", "  n2 -> n3;",
      ])
    #expect(lines.last == "}")
  }
}
