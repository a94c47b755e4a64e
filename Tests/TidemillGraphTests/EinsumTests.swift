import Testing
import TidemillGraph
import TidemillTestSupport

/// Einstein's summation against its definition: a loop over all letters.
@Suite struct EinsumTests {
  static let extents: [Character: Int] = [
    "a": 1, "b": 2, "i": 3, "j": 4, "k": 5, "h": 6, "z": 0, "A": 7,
  ]

  private static func oracle(
    _ operands: [[Character]], _ result: [Character], _ x: [[Double]]
  ) -> [Double] {
    let letters = Array(Set(operands.flatMap(\.self))).sorted()
    func shape(_ labels: [Character]) -> [Int] { labels.map { extents[$0] ?? 0 } }
    var sums = [Double](repeating: 0, count: shape(result).reduce(1, *))
    forEachIndex(shape(letters)) { index, _ in
      let at = Dictionary(uniqueKeysWithValues: zip(letters, index))
      func element(_ labels: [Character]) -> Int {
        labels.reduce(0) { $0 * (extents[$1] ?? 0) + (at[$1] ?? 0) }
      }
      sums[element(result)] += zip(operands, x).reduce(1) { $0 * $1.1[element($1.0)] }
    }
    return sums
  }

  static let formulas = [
    "ij,jk->ik", "ij,jk->ki", "ji,kj->ik", "bij,bjk->bik", "bij,jk->bik", "ibj,jbk->kbi",
    "bhij,bhkj->bhik", "ij,ij->ij", "ij,ij->", "ij,ij->i", "ij,ji->j", "i,j->ij", "i,j->ji",
    "i,i->", "i,j->", "ij,k->jk", "ij,->ij", ",->", "bi,bj->ijb", "abij,kja->bki", "hij,jikb->hbk",
    "ij,jk", "Aj,jk->kA", "ij->ji", "ij->", "ij->j", "bij->ib", "ji", "i->i", "->", "zj,jk->zk",
    "iz,zk->ik", "bzi->b", "zi,zi->z", " ij , jk -> ik ",
  ]

  @Test(arguments: formulas) func einsum(formula: String) throws {
    let text = formula.filter { $0 != " " }
    let sides = text.split(separator: "->", omittingEmptySubsequences: false).map(String.init)
    let operands = sides[0].split(separator: ",", omittingEmptySubsequences: false).map(Array.init)
    let implicit = ["ij,jk": "ik", "ji": "ij"]
    let result = Array(sides.count == 2 ? sides[1] : implicit[text] ?? "?")
    let shapes = operands.map { labels in Shape(labels.map { Self.extents[$0] ?? 0 }) }
    try checkOperation(
      formula, inputs: shapes.map { .uniform($0) },
      tolerance: Tolerance(float32: 4e-6, float64: 1e-14)
    ) { x in
      let graph = x[0].builder
      return x.count == 1 ? graph.einsum(formula, x[0]) : graph.einsum(formula, x[0], x[1])
    } oracle: {
      Self.oracle(operands, result, $0)
    }
    try checkOperation(formula, inputs: shapes.map { .integers($0, -3..<4, .int64) }) { x in
      let graph = x[0].builder
      return x.count == 1 ? graph.einsum(formula, x[0]) : graph.einsum(formula, x[0], x[1])
    } oracle: {
      Self.oracle(operands, result, $0)
    }
  }

  static let wrong: [(String, [Shape], [String])] = [
    (
      "ij,jk->ik", [[2, 3], [4, 5]],
      ["'j'", "axis 1 of operand 0 with 3", "axis 0 of operand 1 with 4"]
    ),
    ("ii->i", [[3, 3]], ["operand 0", "letter twice", "diagonals"]),
    ("i->ii", [[3]], ["result", "letter twice"]),
    ("ij->k", [[2, 3]], ["'k'", "no operand"]),
    ("ij,jk->ik", [[2, 3]], ["names 2 operands, and there are 1"]),
    ("i,i,i->i", [[2], [2]], ["names 3 operands"]),
    ("ijk->i", [[2, 3]], ["3 axes of operand 0", "float32[2, 3]"]),
    ("...i->i", [[2, 3]], ["not understood", "..."]),
    ("ij->i->j", [[2, 3]], ["not understood"]),
    ("i1->i", [[2, 3]], ["'1'", "letters"]),
    ("é->é", [[2]], ["'é'", "letters"]),
    ("", [[2]], ["0 axes of operand 0"]),
  ]

  @Test(arguments: wrong) func says(formula: String, shapes: [Shape], parts: [String]) throws {
    let text = try diagnostics { graph in
      let x = shapes.map { graph.fill(1, $0) }
      return [x.count == 1 ? graph.einsum(formula, x[0]) : graph.einsum(formula, x[0], x[1])]
    }
    #expect(text.hasPrefix("einsum: ") && !text.contains("\n"))
    for part in parts { #expect(text.contains(part), "\(text)") }
  }

  @Test func wrongTypes() throws {
    let text = try diagnostics { graph in
      [
        graph.einsum("i,i->", graph.fill(1, [2]), graph.fill(1, [2], .float64)),
        graph.einsum("i->", graph.fill(1, [2], .bool)), graph.einsum("i->"),
      ]
    }
    let lines = text.split(separator: "\n")
    #expect(lines.count == 3)
    #expect(lines[0].contains("operand 1 is float64[2]") && lines[1].contains("bool[2]"))
  }
}
