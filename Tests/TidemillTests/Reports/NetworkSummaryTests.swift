import Foundation
import Testing
import Tidemill
import TidemillTestSupport

/// The table of a network: every number counted by hand.
@Suite struct NetworkSummaryTests {
  private let shared = Linear(8, 8, bias: false)

  private var network: Sequential {
    Sequential {
      Flatten()
      Linear(12, 8).frozen().named("first")
      ReLU()
      Residual {
        shared.named("inner")
        GELU()
      }.named("block")
      shared
      Dropout(0.5)
      Parallel {
        Bias(8)
        Sequential { Softmax() }
      }
      Lambda { $0.transposed().matrixTransposed() }
    }
  }

  @Test func rowsAndSums() throws {
    let summary = try network.summary(input: TensorType([5, 3, 4]))
    struct Row: Equatable {
      let name: String, kind: String, shape: [Int], own: [Int], flops: Double
    }
    let expected = [
      Row(name: "0", kind: "Flatten", shape: [5, 12], own: [0, 0, 0], flops: 0),
      // 2·5·12·8 of the product, 5·8 of the bias.
      Row(name: "first", kind: "Linear", shape: [5, 8], own: [104, 0, 0], flops: 960 + 40),
      Row(name: "2", kind: "ReLU", shape: [5, 8], own: [0, 0, 0], flops: 40),
      Row(name: "block", kind: "Residual", shape: [5, 8], own: [0, 0, 0], flops: 40),
      Row(name: "block.inner", kind: "Linear", shape: [5, 8], own: [64, 0, 64], flops: 640),
      Row(name: "block.1", kind: "GELU", shape: [5, 8], own: [0, 0, 0], flops: 40),
      Row(name: "4", kind: "Linear", shape: [5, 8], own: [0, 64, 0], flops: 640),
      Row(name: "5", kind: "Dropout", shape: [5, 8], own: [0, 0, 0], flops: 0),
      Row(name: "6.0", kind: "Bias", shape: [5, 8], own: [8, 0, 8], flops: 40),
      Row(name: "6.1.0", kind: "Softmax", shape: [5, 8], own: [0, 0, 0], flops: 40),
      Row(name: "7", kind: "Lambda", shape: [5, 16], own: [0, 0, 0], flops: 0),
    ]
    let found = summary.rows.map {
      Row(
        name: $0.name, kind: $0.kind, shape: $0.outputShape,
        own: [$0.parameters, $0.sharedParameters, $0.trainableParameters], flops: $0.flops)
    }
    for (row, other) in zip(found, expected) { #expect(row == other) }
    #expect(found.count == expected.count)
    #expect(summary.parameters == 176 && summary.trainableParameters == 72)
    #expect(summary.frozenParameters == 104 && summary.parameterBytes == 176 * 4)
    #expect(summary.flops == 2480 && summary.inputShape == [5, 3, 4])
    #expect(summary.rows.reduce(0) { $0 + $1.parameters } == summary.parameters)
  }

  @Test func text() throws {
    let lines = try network.summary(input: TensorType([5, 3, 4])).lines
    func words(_ line: Int) -> String { lines[line].split(separator: " ").joined(separator: " ") }
    #expect(words(0) == "layer kind output params trained flops")
    #expect(words(2) == "first Linear [5, 8] 104 0 1,000")
    #expect(words(7) == "4 Linear [5, 8] shared 640")
    #expect(
      lines.suffix(3) == [
        "input       float32[5, 3, 4]",
        "parameters  176, 704 B: 72 trained, 104 frozen",
        "flops       2,480 forward: 2·M·N·K a product, 1 an element of all else",
      ])
  }

  /// Long names, eight axes, and more parameters than any machine holds: no line over 80 columns.
  @Test func widths() throws {
    struct AnUnusuallyVerboseNameOfALayer: Layer {
      func callAsFunction(_ input: Value, _ mode: Mode) -> Value { input }
    }
    let axes: Shape = [1000, 1, 1000, 1, 1000, 1, 1000, 1]
    let network = Sequential {
      AnUnusuallyVerboseNameOfALayer().named(String(repeating: "long", count: 20))
      Reshape([1_000_000_000])
      Linear(1_000_000_000, 1000).named("a layer of a great many parameters")
      Linear(1000, 10).frozen()
    }
    let summary = try network.summary(input: TensorType(axes))
    for line in summary.lines { #expect(line.count <= 80, "\(line)") }
    #expect(summary.lines[1].hasPrefix("longlong…onglong"))
    #expect(summary.lines[3].contains("1 T") && summary.description.contains("10,010"))
    #expect(summary.parameters == 1_000_000_000_000 + 1000 + 10_010)
    #expect(summary.trainableParameters == 1_000_000_001_000)
  }

  /// Layers that others call without a name are part of them; a network of one layer has one row.
  @Test func layersOfOnesOwn() throws {
    struct Gated: Layer {
      let gate: Linear
      func callAsFunction(_ x: Value, _ mode: Mode) -> Value { x * gate(x, mode).sigmoid() }
      var namedParameters: [NamedParameter] { gate.namedParameters }
    }
    let summary = try Gated(gate: Linear(4, 4)).summary(input: TensorType([2, 4]))
    #expect(summary.rows.count == 1)
    #expect(summary.rows[0].name == "" && summary.rows[0].kind == "Gated")
    #expect(summary.rows[0].parameters == 20 && summary.rows[0].flops == 64 + 8 + 8 + 8)
    #expect(try Sequential {}.summary(input: TensorType([2])).rows.map(\.kind) == ["Sequential"])
  }

  /// A sum costs what it adds up; numbers that cannot be counted are the largest one.
  @Test func sumsAndTheUncountable() throws {
    struct Idle: Layer {
      let linear = Linear(1 << 40, 1 << 40)
      func callAsFunction(_ x: Value, _ mode: Mode) -> Value { x.sum(axes: [1]) }
      var namedParameters: [NamedParameter] { linear.namedParameters }
    }
    #expect(Idle().parameterCount == .max)
    let summary = try Idle().summary(input: TensorType([4, 6]))
    #expect(summary.flops == 24 && summary.parameters == .max && summary.parameterBytes == .max)
  }

  @Test func json() throws {
    let summary = try Sequential { Linear(2, 3) }.summary(input: TensorType([1, 2], .float32))
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let text = try String(decoding: encoder.encode(summary), as: UTF8.self)
    #expect(
      text
        == #"{"flops":15,"inputShape":[1,2],"inputType":"float32","parameterBytes":36,"#
        + #""parameters":9,"rows":[{"flops":15,"kind":"Linear","name":"0","outputShape":[1,3],"parameters":9,"#
        + #""sharedParameters":0,"trainableParameters":9}],"trainableParameters":9}"#)
  }

  @Test func mistakes() throws {
    #expect(
      try message { try network.summary(input: TensorType([5, 3, 5])) }
        .contains("in first: matmul: "))
    #expect(
      try message { try network.summary(input: TensorType([-1])) }.contains("is not possible"))
  }
}
