import Testing
import TidemillGraph
import TidemillTestSupport

/// Wrong uses: what each says, that one mistake is told once, and that nothing traps.
@Suite struct DiagnosticsTests {
  /// A wrong closure and what its message must contain.
  struct Wrong: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let parts: [String]
    let build: @Sendable (GraphBuilder) -> Value

    init(_ name: String, _ parts: [String], _ build: @escaping @Sendable (GraphBuilder) -> Value) {
      (testDescription, self.parts, self.build) = (name, parts, build)
    }
  }

  static let shapes: [Wrong] = [
    Wrong("add", ["add", "[3, 4]", "[3, 5]", "axis 1", "4 elements", "right 5"]) {
      $0.fill(1, [3, 4]) + $0.fill(1, [3, 5])
    },
    Wrong("matmul", ["matmul", "axis 1 of the left", "4 elements", "axis 0 of the right", "5"]) {
      $0.fill(1, [3, 4]).matmul($0.fill(1, [5, 6]))
    },
    Wrong("batches", ["matmul", "batches", "[2, 3, 4]", "[5, 4, 6]"]) {
      $0.fill(1, [2, 3, 4]).matmul($0.fill(1, [5, 4, 6]))
    },
    Wrong("scalar matmul", ["matmul", "multiply by a scalar with *"]) {
      $0.fill(1).matmul($0.fill(1, [5, 6]))
    },
    Wrong("reshape", ["reshape", "12 elements", "[5, 2]"]) {
      $0.fill(1, [3, 4]).reshaped(to: [5, 2])
    },
    Wrong("transpose", ["transpose", "[0, 0]", "2 axes"]) {
      $0.fill(1, [3, 4]).transposed([0, 0])
    },
    Wrong("broadcast", ["broadcast", "[3, 4]", "[3, 5]"]) {
      $0.fill(1, [3, 4]).broadcast(to: [3, 5])
    },
    Wrong("slice", ["slice", "axis 1", "4 elements", "3 from 2"]) {
      $0.fill(1, [3, 4]).slice([0..<3, 2..<5])
    },
    Wrong("slice axis", ["slice", "no axis 2"]) { $0.fill(1, [3, 4]).slice(axis: 2, 0..<1) },
    Wrong("slice step", ["slice", "steps [0]"]) { $0.fill(1, [3]).slice([0..<3], steps: [0]) },
    Wrong("concatenate", ["concatenate", "axis 1 of operand 0 has 4", "of operand 1 5"]) {
      $0.concatenate([$0.fill(1, [3, 4]), $0.fill(1, [3, 5])])
    },
    Wrong("concatenate nothing", ["concatenate", "no values"]) { $0.concatenate([]) },
    Wrong("sum", ["sum", "[3, 4]", "axes [2]"]) { $0.fill(1, [3, 4]).sum(axes: [2]) },
    Wrong("sum twice", ["sum", "named twice"]) { $0.fill(1, [3, 4]).sum(axes: [0, -2]) },
    Wrong("max of nothing", ["max", "axis 0", "empty"]) { $0.fill(1, [0, 4]).max() },
    Wrong("softmax", ["softmax", "no axis 5"]) { $0.fill(1, [3, 4]).softmax(axis: 5) },
    Wrong("softmax before", ["softmax", "no axis -7"]) { $0.fill(1, [3, 4]).softmax(axis: -7) },
    Wrong("layerNorm", ["layerNorm", "the gain is float32[3]", "float32[4]"]) {
      $0.fill(1, [3, 4]).layerNorm(gain: $0.fill(1, [3]))
    },
    Wrong("layerNorm bias", ["layerNorm", "the bias is float64[4]", "float32[4]"]) {
      $0.fill(1, [3, 4]).layerNorm(gain: $0.fill(1, [4]), bias: $0.fill(1, [4], .float64))
    },
    Wrong("layerNorm of nothing", ["layerNorm", "[3, 0]", "elements in the last axis"]) {
      $0.fill(1, [3, 0]).layerNorm()
    },
    Wrong("rmsNorm", ["rmsNorm", "int32[3]", "floating-point"]) {
      $0.fill(1, [3], .int32).rmsNorm()
    },
    Wrong("rmsNorm epsilon", ["rmsNorm", "epsilon is -1.0", "at least 0"]) {
      $0.fill(1, [3]).rmsNorm(epsilon: -1)
    },
    Wrong("gather", ["gather", "no axis 2"]) {
      $0.fill(1, [3, 4]).gather($0.fill(0, [2], .int32), axis: 2)
    },
    Wrong("scatterAdd", ["scatterAdd", "[3, 4]", "[2]"]) {
      $0.fill(1, [3, 4]).scatterAdded(at: $0.fill(0, [2], .int32), entries: 3)
    },
    Wrong("pad", ["pad", "2 pairs"]) { $0.fill(1, [3, 4]).padded([(before: 1, after: 1)]) },
    Wrong("labels", ["softmaxCrossEntropy", "int32[4]", "[3]"]) {
      softmaxCrossEntropyPerRow($0.fill(1, [3, 5]), labels: $0.fill(0, [4], .int32))
    },
    Wrong("select", ["select", "[2]", "[3]", "[4]"]) {
      select($0.fill(1, [2], .bool), $0.fill(1, [3]), $0.fill(1, [4]))
    },
    Wrong("negative shape", ["fill", "[-1]"]) { $0.fill(1, [-1]) },
    Wrong("too large", ["broadcast", "not possible"]) {
      $0.fill(1, []).broadcast(to: [1 << 40, 1 << 40])
    },
    Wrong("rank 9", ["uniform", "not possible"]) { $0.uniform([1, 1, 1, 1, 1, 1, 1, 1, 1]) },
    Wrong("gradient", ["gradient", "float32[3]", "sum it first"]) {
      $0.gradient(of: $0.fill(1, [3]), withRespectTo: [$0.fill(1)])[0]
    },
  ]

  static let types: [Wrong] = [
    Wrong("mixed", ["multiply", "float32", "float64", "cast"]) {
      $0.fill(1, [2]) * $0.fill(1, [2], .float64)
    },
    Wrong("log of integers", ["log", "int32", "floating-point", "cast"]) {
      $0.fill(1, [2], .int32).log()
    },
    Wrong("sum of bool", ["sum", "bool", "cast"]) { $0.fill(1, [2], .bool).sum() },
    Wrong("condition", ["select", "float32", "bool is needed"]) {
      select($0.fill(1), $0.fill(1), $0.fill(2))
    },
    Wrong("not of numbers", ["not", "float32", "bool"]) { .!$0.fill(1) },
    Wrong("float indices", ["gather", "float32", "integers", "cast"]) {
      $0.fill(1, [3]).gather($0.fill(1, [2]))
    },
    Wrong("matmul of integers", ["matmul", "int32"]) {
      $0.fill(1, [2, 2], .int32).matmul($0.fill(1, [2, 2], .int32))
    },
    Wrong("uniform integers", ["uniform", "int32"]) { $0.uniform([2], .int32) },
    Wrong("half an integer", ["fill", "0.5 is no int32", "cast"]) { $0.fill(3, [2], .int32) * 0.5 },
    Wrong("NaN as an integer", ["fill", "nan is no int64"]) { $0.fill(.nan, [2], .int64) },
    Wrong("mean of integers", ["mean", "int32[2]", "cast"]) { $0.fill(3, [2], .int32).mean() },
    Wrong("iota of bool", ["iota", "bool"]) { $0.iota([2], axis: 0, .bool) },
  ]

  static let compositions: [Wrong] = [
    Wrong("clamp", ["clamp", "lower limit is 2.0", "upper 1.0"]) {
      $0.fill(1, [3]).clamped(from: 2, to: 1)
    },
    Wrong("clamp to NaN", ["clamp", "nan"]) { $0.fill(1, [3]).clamped(from: 0, to: .nan) },
    Wrong("split", ["split", "axis 1", "float32[3, 4]", "4 elements", "[1, 2]"]) {
      $0.fill(1, [3, 4]).split([1, 2], axis: 1)[0]
    },
    Wrong("split negative", ["split", "[5, -1]"]) { $0.fill(1, [4]).split([5, -1])[1] },
    Wrong("split axis", ["split", "no axis 2"]) { $0.fill(1, [3, 4]).split([3], axis: 2)[0] },
    Wrong("split into", ["split", "axis -1", "[3, 4]", "3 equal parts"]) {
      $0.fill(1, [3, 4]).split(into: 3, axis: -1)[2]
    },
    Wrong("stack", ["stack", "value 0 is float32[3]", "value 1 is float32[4]"]) {
      $0.stack([$0.fill(1, [3]), $0.fill(1, [4])])
    },
    Wrong("stack nothing", ["stack", "no values"]) { $0.stack([]) },
    Wrong("stack axis", ["stack", "float32[3]", "no place 2"]) {
      $0.stack([$0.fill(1, [3])], axis: 2)
    },
    Wrong("stack rank", ["stack", "8 axes"]) { $0.stack([$0.fill(1, [1, 1, 1, 1, 1, 1, 1, 1])]) },
    Wrong("argmax", ["argmax", "no axis 2"]) { $0.fill(1, [3, 4]).argmax(axis: 2) },
    Wrong("argmax of nothing", ["argmax", "axis 0", "empty"]) {
      $0.fill(1, [0, 4]).argmax(axis: 0)
    },
    Wrong("argmin", ["argmin", "no axis -3"]) { $0.fill(1, [3, 4], .int32).argmin(axis: -3) },
    Wrong("argmin of bool", ["argmin", "bool"]) { $0.fill(1, [3, 4], .bool).argmin() },
    Wrong("logSumExp", ["logSumExp", "axis -1", "float32[0]", "empty"]) {
      $0.fill(1, [0]).logSumExp()
    },
    Wrong("variance", ["variance", "axes [1]", "4 elements", "correction of 4"]) {
      $0.fill(1, [3, 4]).variance(axes: [1], correction: 4)
    },
    Wrong("variance of integers", ["variance", "int32[2]", "cast"]) {
      $0.fill(1, [2], .int32).variance()
    },
    Wrong("norm", ["norm", "axes [2]"]) { $0.fill(1, [3, 4]).norm(axes: [2]) },
    Wrong("norm of integers", ["norm", "int32[2]", "cast"]) { $0.fill(1, [2], .int32).norm() },
    Wrong("product", ["product", "axes [5]"]) { $0.fill(1, [3, 4]).product(axes: [5]) },
    Wrong("product of bool", ["product", "bool[2]", "cast"]) { $0.fill(1, [2], .bool).product() },
    Wrong("cumulativeSum", ["cumulativeSum", "no axis 2"]) {
      $0.fill(1, [3, 4]).cumulativeSum(axis: 2)
    },
    Wrong("cumulativeSum of bool", ["cumulativeSum", "bool"]) {
      $0.fill(1, [2], .bool).cumulativeSum()
    },
    Wrong("einsum", ["einsum", "'j'", "3", "4"]) {
      $0.einsum("ij,jk->ik", $0.fill(1, [2, 3]), $0.fill(1, [4, 5]))
    },
    Wrong("truncatedNormal", ["uniform", "[-1]"]) { $0.truncatedNormal([-1]) },
    Wrong("bernoulli", ["bernoulli", "probability is 1.5"]) { $0.bernoulli(1.5, [2]) },
    Wrong("bernoulli NaN", ["bernoulli", "nan"]) { $0.bernoulli(.nan, [2]) },
    Wrong("bernoulli shape", ["bernoulli", "[-1]"]) { $0.bernoulli(0.5, [-1]) },
    Wrong("bernoulli integers", ["bernoulli", "int32[2]"]) {
      $0.bernoulli($0.fill(1, [2], .int32))
    },
    Wrong("dropout", ["dropout", "rate is 1.0"]) { $0.fill(1, [2]).dropout(1) },
    Wrong("dropout of integers", ["dropout", "int32[2]"]) {
      $0.fill(1, [2], .int32).dropout(0.5)
    },
    Wrong("permutation", ["permutation", "-1 numbers"]) { $0.permutation(-1) },
    Wrong("pushforward", ["pushforward", "float32[3]", "float32[4]"]) {
      let x = $0.fill(1, [3])
      return $0.pushforward(of: x * 2, tangents: [$0.fill(1, [4])], from: [x])
    },
    Wrong("tangents", ["pushforward", "0 tangents for 1 values"]) {
      let x = $0.fill(1, [3])
      return $0.pushforward(of: x * 2, tangents: [], from: [x])
    },
    Wrong("pushforward of integers", ["pushforward", "int32[3]"]) {
      $0.pushforward(of: $0.fill(1, [3], .int32), tangents: [], from: [])
    },
    Wrong("hessian", ["hessianVectorProduct", "float32[3]", "float32[4]"]) {
      let x = $0.fill(1, [3])
      return $0.hessianVectorProduct(of: x.sum(), withRespectTo: [x], along: [$0.fill(1, [4])])[0]
    },
    Wrong("hessian of a vector", ["gradient", "float32[3]", "sum it first"]) {
      let x = $0.fill(1, [3])
      return $0.hessianVectorProduct(of: x, withRespectTo: [x], along: [x])[0]
    },
    Wrong("jacobian", ["jacobian", "float32[5000]", "5000 derivatives"]) {
      let x = $0.fill(1, [5000])
      return $0.jacobian(of: x * 2, withRespectTo: x)
    },
    Wrong("jacobian of integers", ["jacobian", "int32[2]"]) {
      $0.jacobian(of: $0.fill(1, [2]), withRespectTo: $0.fill(1, [2], .int32))
    },
  ]

  @Test(arguments: shapes + types + compositions) func says(_ wrong: Wrong) throws {
    let text = try diagnostics { graph in
      // Everything that follows from a wrong value is silent.
      graph.scope("net") {
        let x = wrong.build(graph)
        let y = (x + 1).relu().matmul(x).sum(axes: [3]).reshaped(to: [7]).transposed([4, 2])
        let z = select(x .> y, graph.concatenate([x, y], axis: 9), y).softmax(axis: 3).gather(
          x, axis: 5)
        let v = z.cumulativeSum().product(axes: [4]).variance().norm().dropout(2).elu().argmin(
          axis: 9)
        let u = graph.stack(v.split([2, -3]) + v.split(into: -1) + [graph.bernoulli(v)], axis: 7)
        let t = graph.einsum("ij->k", u).clamped(from: 3, to: 2).selu().geluTanh().argmax(axis: 7)
        _ = graph.hessianVectorProduct(of: t, withRespectTo: [t], along: [t])
        _ = graph.jacobian(of: graph.pushforward(of: t, tangents: [x], from: [u]), withRespectTo: t)
        let w = z.slice([0..<9]).padded([]).oneHot(3).broadcast(to: [3]).max().mean().logSumExp()
        return graph.gradient(of: w, withRespectTo: [x, y]) + [w.argmax(), .!x, x.cast(to: .int32)]
      }
    }
    for part in wrong.parts {
      #expect(text.contains(part), "\(text)")
    }
    #expect(text.hasPrefix("in net: "), "names the scope: \(text)")
    #expect(!text.contains("\n"), "one mistake, one line: \(text)")
  }

  @Test func allMistakesComeTogether() throws {
    let text = try diagnostics { graph in
      let first = graph.scope("a") { graph.fill(1, [2]) + graph.fill(1, [3]) }
      let second = graph.scope("b") { graph.scope("c") { graph.fill(1, [2]).log().sum(axes: [1]) } }
      return [first, second]
    }
    let lines = text.split(separator: "\n")
    #expect(lines.count == 2)
    #expect(lines[0].hasPrefix("in a: add") && lines[1].hasPrefix("in b/c: sum"))
  }

  @Test func inputs() throws {
    #expect(
      try diagnostics { [$0.input("x", [1]), $0.input("x", [2])] }.contains(
        "input 'x': there is already an input of this name"))
    #expect(try diagnostics { [$0.input("x", [-2])] }.contains("input 'x': the shape [-2]"))
  }

  @Test func assignments() throws {
    let weight = parameter("weight", try Tensor(zeros: [2]))
    let text = try diagnostics { graph in
      graph.assign(weight, graph.fill(1, [3]))
      graph.assign(weight, graph.fill(1, [2]))
      graph.assign(weight, graph.fill(2, [2]))
      graph.requireFinite(graph.fill(1, [], .int32), "count")
      return []
    }
    let lines = text.split(separator: "\n")
    #expect(lines.count == 3)
    #expect(lines[0].contains("'weight': it is float32[2], but the new value is float32[3]"))
    #expect(lines[1].contains("'weight': it is assigned twice"))
    #expect(lines[2].contains("'count'") && lines[2].contains("int32"))
  }

  /// Values of another graph are refused wherever they are used, and never trap.
  @Test func foreignValues() throws {
    let other = GraphBuilder()
    var foreign = other.input("x", [2, 3])
    for _ in 0..<10 { foreign = foreign * 2 }
    let weight = parameter("weight", try Tensor(zeros: [2, 3]))
    let last = foreign
    let uses: [(GraphBuilder) -> Value] = [
      { $0.fill(1, [2, 3]) + last }, { $0.fill(1, [3]) + last }, { $0.concatenate([last]) },
      { $0.fill(1, [4, 2]).matmul(last) }, { _ in last },
      { $0.gradient(of: last.sum(), withRespectTo: [$0.fill(1)])[0] },
      { $0.gradient(of: $0.fill(1), withRespectTo: [last])[0] },
      { $0.pullback(of: $0.fill(1, [2, 3]), cotangent: last, to: [$0.fill(1)])[0] },
      { $0.stack([last]) }, { $0.einsum("ij->", last) }, { $0.bernoulli(last) },
      { $0.pushforward(of: last, tangents: [], from: []) },
      { $0.pushforward(of: $0.fill(1), tangents: [last], from: [last]) },
      { $0.hessianVectorProduct(of: $0.fill(1), withRespectTo: [last], along: [last])[0] },
      { $0.jacobian(of: last, withRespectTo: $0.fill(1)) },
      { $0.jacobian(of: $0.fill(1), withRespectTo: last) },
      {
        $0.assign(weight, last); return $0.fill(1)
      },
      {
        $0.requireFinite(last, "x"); return $0.fill(1)
      },
    ]
    for use in uses {
      #expect(try diagnostics { [use($0)] }.contains("belongs to another graph"))
    }
  }

  /// Numbers at the ends of Int in any argument are diagnosed and do not overflow.
  @Test func extremeArguments() throws {
    let most = Int.max
    let uses: [(GraphBuilder) -> Value] = [
      { $0.fill(1, [3]).slice([0..<3], steps: [most]).reshaped(to: [9]) },
      { $0.fill(1, [3]).slice([0..<most]) }, { $0.fill(1, [3]).slice([most - 1..<most]) },
      { $0.fill(1, [3]).slice([Int.min..<most]) },
      { $0.fill(1, [3]).padded([(before: most, after: most)]) },
      { $0.fill(1, [3]).reshaped(to: [most, most]) }, { $0.fill(1, [3]).sum(axes: [Int.min]) },
      { $0.fill(1, [3]).softmax(axis: Int.min) }, { $0.fill(1, [3]).softmax(axis: most) },
      { $0.fill(1, [3]).gather($0.fill(0, [1], .int32), axis: most) },
      { $0.fill(1, [3]).scatterAdded(at: $0.fill(0, [3], .int32), axis: most, entries: 3) },
      { $0.fill(1, [3]).scatterAdded(at: $0.fill(0, [3], .int32), entries: most) },
      { $0.fill(1, [3], .int32).oneHot(most) }, { $0.iota([3], axis: most) },
      { $0.fill(1, [3], .int32).oneHot(-1) }, { $0.concatenate([$0.fill(1, [3])], axis: -2) },
      { $0.fill(1, [3]).argmax(axis: most) }, { $0.fill(1, [3]).argmin(axis: Int.min) },
      { $0.fill(1, [3]).logSumExp(axis: Int.min) }, { $0.fill(1, [3]).cumulativeSum(axis: most) },
      { $0.fill(1, [3]).split([most, most])[1] }, { $0.fill(1, [3]).split([3], axis: Int.min)[0] },
      { $0.fill(1, [3]).split(into: most)[0] }, { $0.stack([$0.fill(1, [3])], axis: Int.min) },
      { $0.fill(1, [3]).split(into: Int.min, axis: most).first ?? $0.fill(1) },
      { $0.fill(1, [3]).variance(correction: most) }, { $0.permutation(most) },
      { $0.fill(1, [3]).variance(correction: Int.min) }, { $0.permutation(Int.min) },
      { $0.jacobian(of: $0.fill(1, [1 << 30]), withRespectTo: $0.fill(1, [1 << 30])) },
      { $0.concatenate(Array(repeating: $0.fill(1, [1 << 40]), count: 1 << 4)) },
    ]
    for use in uses { #expect(!(try diagnostics { [use($0)] }).isEmpty) }
  }
}
