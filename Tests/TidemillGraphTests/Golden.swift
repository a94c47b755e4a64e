import Foundation
import Testing
import TidemillGraph
import TidemillTestSupport

/// What another library made of operands, and the gradient of `Σ y·w` by each of them that is floating point,
/// with `w` = 1/n, 2/n, ... 1. Goldens/generate.py makes the numbers and describes the file.
struct Golden: Sendable, CustomStringConvertible {
  /// The function's, and which of its forms where there are several.
  let name: String
  let parameters: [Double]
  let note: String
  fileprivate(set) var operands: [Tensor] = []
  fileprivate(set) var results: [Tensor] = []
  fileprivate(set) var gradients: [Tensor] = []

  var description: String {
    let words = [name] + parameters.map { "\($0)" } + operands.map { "\($0.type)" }
    return words.joined(separator: " ") + (note.isEmpty ? "" : " (\(note))")
  }

  var result: Tensor { get throws { try #require(results.first, "\(self) has no result") } }

  /// The key of ``GoldenOperation/all``: formulas are parameters.
  var operation: String { name.hasPrefix("einsum ") ? "einsum" : name }

  /// The cotangent `w`, of the result's type.
  func weights() throws -> Tensor {
    let type = try result.type
    let count = type.shape.count
    return try Tensor(
      numbers: (0..<count).map { Double($0 + 1) / Double(count) }, shape: type.shape, type.dtype)
  }

  /// All of the file, by operation.
  static let all: Result<[String: [Golden]], any Error> = Result {
    try Dictionary(grouping: read(), by: \.operation)
  }

  private static func read() throws -> [Golden] {
    var goldens: [Golden] = []
    let file = try goldenFile("goldens.txt", in: .module)
    for line in try String(contentsOf: file, encoding: .utf8).utf8.split(separator: 10) {
      let words = line.split(separator: 32, omittingEmptySubsequences: false).map { Substring($0) }
      if words[0] == "case" {
        goldens.append(try Golden(heading: words.dropFirst()))
        continue
      }
      let tensor = try tensor(words)
      switch words[0] {
      case "x": goldens[goldens.count - 1].operands.append(tensor)
      case "y": goldens[goldens.count - 1].results.append(tensor)
      default: goldens[goldens.count - 1].gradients.append(tensor)
      }
    }
    return goldens
  }

  /// "NAME PARAMETERS... # NOTE", where the name has no number and the parameters are numbers.
  private init(heading: ArraySlice<Substring>) throws {
    let end = try #require(heading.lastIndex(of: "#"))
    let parameters = heading[..<end].reversed().prefix { Double($0) != nil }.reversed()
    name = heading[..<(end - parameters.count)].joined(separator: " ")
    self.parameters = parameters.compactMap { Double($0) }
    note = heading[(end + 1)...].joined(separator: " ")
  }

  /// "KIND TYPE EXTENTS : NUMBERS..."
  private static func tensor(_ words: [Substring]) throws -> Tensor {
    let shape = Shape(words[2].split(separator: ",").compactMap { Int($0) })
    let texts = words.dropFirst(4).filter { !$0.isEmpty }
    let tensor =
      switch words[1] {
      case "float32": try Tensor(texts.compactMap { Float($0) }, shape: shape)
      case "float64": try Tensor(texts.compactMap { Double($0) }, shape: shape)
      case "int32": try Tensor(texts.compactMap { Int32($0) }, shape: shape)
      case "int64": try Tensor(texts.compactMap { Int64($0) }, shape: shape)
      default: try Tensor(texts.map { $0 == "1" }, shape: shape)
      }
    return tensor
  }
}
