import CKernels

/// What a tile computes, in amounts that a cost model has rates for.
package struct Work: Hashable, Sendable {
  /// Kernels that are entered and left alike.
  package enum Kind: String, Hashable, Sendable, CaseIterable, Codable {
    case product, elementwise, reduction, rows, check, other
  }

  /// Matrices that are multiplied: `batch` times `[m, k]·[k, n]`.
  package struct Product: Hashable, Sendable {
    package var batch, m, n, k: Int
    package var dtype: DType

    package init(batch: Int = 1, m: Int, n: Int, k: Int, dtype: DType) {
      (self.batch, self.m, self.n, self.k, self.dtype) = (batch, m, n, k, dtype)
    }

    package var multiplyAdds: Double { Double(batch) * Double(m) * Double(n) * Double(k) }
  }

  package var kind: Kind
  package var product: Product?
  /// Scalar functions that are computed, by class, in units of 4-byte elements.
  package private(set) var functions: [FunctionClass: Double] = [:]
  /// Rows that are begun, where a kernel goes by rows.
  package var rows = 0.0

  package init(_ kind: Kind) { self.kind = kind }

  /// Adds one function of each of so many elements.
  package mutating func add(_ function: FunctionClass, count: Double, of dtype: DType) {
    functions[function, default: 0] += count * Double(dtype.size) / 4
  }

  /// Adds a tile program over so many elements.
  mutating func add(_ code: [tm_instruction], count: Double, of dtype: DType) {
    for instruction in code {
      add(ScalarFunction.functionClass(of: instruction), count: count, of: dtype)
    }
  }
}

/// Scalar functions that take about the same time.
package enum FunctionClass: Int, Hashable, Sendable, CaseIterable, Codable {
  case simple = 1
  case root = 6
  case exponential = 16
  case compound = 30
  case gaussian = 45
  case power = 60

  /// How much one costs in multiply-adds, roughly; measured on AVX-512.
  package var weight: Double { Double(rawValue) }
}

extension KernelCall {
  /// What a tile computes: its share of the whole call, by the elements that it touches.
  package func work(of tile: Tile) -> Work {
    var work = Work(.other)
    let dtype = (writes.first ?? reads.first)?.dtype ?? .float32
    work.add(.simple, count: cost.flops * share(of: tile), of: dtype)
    return work
  }

  /// How much of the elements that the call touches a tile does.
  func share(of tile: Tile) -> Double {
    func count(_ part: (reads: [View], writes: [View])) -> Double {
      (part.writes.isEmpty ? part.reads : part.writes).reduce(0.0) { $0 + Double($1.count) }
    }
    return count(touched(by: tile)) / max(count((reads, writes)), 1)
  }
}

extension RowwiseCall {
  /// What a tile computes: for each of its rows, `cost` in exponentials.
  func rowWork(of tile: Tile) -> Work {
    var work = Work(.rows)
    work.rows = Double(tile.first.count)
    let exponentials = cost.flops / FunctionClass.exponential.weight / Double(max(rowCount, 1))
    work.add(
      .exponential, count: exponentials * work.rows, of: reads.first?.dtype ?? .float32)
    return work
  }
}
