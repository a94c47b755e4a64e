import Foundation
import Testing
import TidemillGraph
import TidemillTestSupport

/// That nothing is without a golden: the lists are taken from the sources, so that a new operation or function
/// fails here until it has one.
@Suite struct GoldenCoverageTests {
  /// All Swift sources of a folder of TidemillGraph.
  private func sources(_ folder: String) throws -> String {
    let root = URL(filePath: #filePath).appending(path: "../../../Sources/TidemillGraph/\(folder)")
      .standardizedFileURL
    let names = try FileManager.default.contentsOfDirectory(atPath: root.path)
    return try names.sorted()
      .map { try String(contentsOf: root.appending(path: $0), encoding: .utf8) }.joined()
  }

  /// The operations that the graph of a golden is made of.
  private func operations(of golden: Golden) throws -> Set<String> {
    let graph = GraphBuilder()
    let x = GoldenTests.declare(golden, graph)
    let result = try #require(GoldenOperation.record(golden, graph, x), "\(golden)")
    if !golden.gradients.isEmpty {
      _ = graph.pullback(
        of: result, cotangent: graph.constant(try golden.weights()),
        to: x.filter(\.dtype.isFloatingPoint))
    }
    return Set(
      try graph.graph(outputs: [result]).nodes.map { "\(type(of: $0.operation))" })
  }

  @Test func everyOperation() throws {
    let declared = try sources("Operations").matches(
      of: /struct (\w+): (?:Elementwise)?Operation\b/
    ).map { String($0.1) }
    #expect(declared.count > 40)
    var found: Set<String> = []
    for golden in try Golden.all.get().values.joined() {
      found.formUnion(try operations(of: golden))
    }
    #expect(Set(declared).subtracting(found).sorted() == [], "operations without a golden")
  }

  /// Every public function has a golden for each of its overloads.
  @Test func everyFunction() throws {
    let declared = try (sources("Values") + sources("Gradient")).matches(
      of: /public (?:static )?(prefix )?func (\w+|[^\w\s(]+)/
    ).map { "\($0.1 ?? "")\($0.2)" }
    #expect(declared.count > 90)
    let forms = GoldenOperation.all.keys.map { key in
      let words = key.split(separator: " ").filter { $0 != "number" }
      return words[0] == "prefix" ? key : String(words[0])
    }
    for (name, overloads) in Dictionary(grouping: declared, by: \.self) {
      let goldens = forms.count { $0 == name }
      #expect(goldens >= overloads.count, "'\(name)' has \(overloads.count) overloads")
    }
    #expect(Set(forms).subtracting(declared).sorted() == [], "goldens without a function")
  }

  /// Every form is in the file, and nothing in the file is left out.
  @Test func everyGolden() throws {
    let written = Set(try Golden.all.get().keys)
    #expect(written.symmetricDifference(GoldenOperation.all.keys).sorted() == [])
  }

  /// Where a floating-point number comes of floating-point numbers there is a gradient, if only zeros.
  @Test func everyGradient() throws {
    for golden in try Golden.all.get().values.joined() {
      let operands = golden.operands.filter(\.dtype.isFloatingPoint)
      let expected = try golden.result.dtype.isFloatingPoint ? operands.count : 0
      #expect(golden.gradients.count == expected, "\(golden)")
    }
  }
}
