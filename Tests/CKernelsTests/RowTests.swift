// Reductions, softmax and its relatives, gather, scatter and checks.
import CKernels
import Testing

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

@Suite struct ReductionTests {
  private func reduce<T: KernelElement>(
    _ table: Table, _ reduction: tm_reduction, _ x: [T], outer: Int, inner: Int,
    outers: Range<Int>? = nil, inners: Range<Int>? = nil
  ) -> [T] {
    let count = outer * inner == 0 ? 0 : x.count / (outer * inner)
    let (source, out) = (Memory(x), Memory(Array(repeating: T.poison, count: outer * inner)))
    let (o, i) = (outers ?? 0..<outer, inners ?? 0..<inner)
    let g = tm_reduce_arguments(
      in: ref(0), out: ref(1), count: Int64(count), inner: Int64(inner),
      outer_begin: Int64(o.lowerBound), outer_end: Int64(o.upperBound),
      inner_begin: Int64(i.lowerBound),
      inner_end: Int64(i.upperBound), type: UInt8(T.code.rawValue),
      reduction: UInt8(reduction.rawValue))
    Call(memories: [source, out]).run(table, \.reduce, g)
    #expect(out.isIntactAround)
    return out.values
  }

  /// Proves: sums are within (8 + log2 count) units of sum |x|, for rows and columns, in f32.
  @Test(arguments: Table.vector)
  func sumsAreAccurate(table: Table) {
    var random = Seeded(51)
    for round in rounds(1500) {
      let (outer, inner) = (1 + random.below(3), random.below(2) == 0 ? 1 : 1 + random.extent(80))
      let count = random.extent(round % 20 == 0 ? 6000 : 300)
      let x = numbers(outer * count * inner, &random, -1, 1) as [Float]
      let got = count == 0 ? [] : reduce(table, TM_SUM, x, outer: outer, inner: inner)
      for (position, sum) in got.enumerated() {
        let (o, i) = (position / inner, position % inner)
        let terms = (0..<count).map { Double(x[(o * count + $0) * inner + i]) }
        let bound = (8 + log2(Double(count) + 1)) * 0x1p-24 * terms.reduce(0) { $0 + abs($1) }
        #expect(abs(Double(sum) - terms.reduce(0, +)) <= bound, "\(outer)x\(count)x\(inner)")
      }
    }
  }

  /// Proves: sums have the same bits for every instruction set, and for any cut into tasks.
  @Test(arguments: Table.vector)
  func sumsHaveOneOrder(table: Table) {
    var random = Seeded(52)
    for round in rounds(1000) {
      let (outer, inner, count) = (
        1 + random.below(3), round % 10 == 0 ? 505 + random.below(600) : 1 + random.extent(100),
        random.extent(round % 10 == 0 ? 60 : 400)
      )
      let x = numbers(outer * count * inner, &random) as [Float]
      if x.isEmpty { continue }
      let wanted = reduce(Table.vector[0], TM_SUM, x, outer: outer, inner: inner)
      let (o, i) = (random.below(outer), random.below(inner))
      let part = reduce(
        table, TM_SUM, x, outer: outer, inner: inner, outers: o..<outer, inners: i..<inner)
      for row in 0..<outer {
        for column in 0..<inner {
          let inside = row >= o && column >= i
          let at = row * inner + column
          #expect(
            part[at].sameBits(inside ? wanted[at] : Float.poison), "\(outer)x\(count)x\(inner)")
        }
      }
    }
  }

  private func matchesOracle<T: KernelElement>(
    _ table: Table, _: T.Type, _ reductions: [tm_reduction]
  ) {
    var random = Seeded(53)
    for reduction in reductions {
      for _ in rounds(60) {
        let (outer, inner) = (1 + random.below(3), random.below(2) == 0 ? 1 : 1 + random.extent(70))
        var x = numbers(outer * random.extent(300) * inner, &random, -1e6, 1e6) as [T]
        if x.count > 4 && random.below(3) == 0 { x[random.below(x.count)] = T.poison }
        let results = [table, .scalar].map { reduce($0, reduction, x, outer: outer, inner: inner) }
        #expect(firstDifference(results[0], results[1]) == nil, "\(T.self) \(reduction) \(x.count)")
      }
    }
  }

  /// Proves: maxima and minima (NaN included), and integers' sums and products (they wrap) are
  /// exact.
  @Test(arguments: Table.vector)
  func exactReductions(table: Table) {
    matchesOracle(table, Float.self, [TM_REDUCE_MAX, TM_REDUCE_MIN])
    matchesOracle(table, Double.self, [TM_REDUCE_MAX, TM_REDUCE_MIN])
    matchesOracle(table, Int32.self, [TM_SUM, TM_PRODUCT, TM_REDUCE_MAX, TM_REDUCE_MIN])
    matchesOracle(table, Int64.self, [TM_SUM, TM_PRODUCT, TM_REDUCE_MAX, TM_REDUCE_MIN])
  }

  /// Proves: nothing reduces to 0, 1, -inf and +inf.
  @Test(arguments: Table.all)
  func emptyReductions(table: Table) {
    for inner in [1, 5] {
      for (reduction, identity) in [
        (TM_SUM, 0), (TM_PRODUCT, 1), (TM_REDUCE_MAX, -Float.infinity), (TM_REDUCE_MIN, .infinity),
      ] {
        let got = reduce(table, reduction, [Float](), outer: 2, inner: inner)
        #expect(got == Array(repeating: identity, count: 2 * inner))
      }
    }
  }

  /// Proves: argmax finds the first of equals, and a NaN before anything else.
  @Test(arguments: Table.all)
  func argmax(table: Table) {
    var random = Seeded(54)
    for _ in rounds(400) {
      let (rows, columns) = (1 + random.below(4), 1 + random.extent(300))
      var x = (0..<rows * columns).map { _ in Float(random.below(30)) }
      if random.below(2) == 0 { x[random.below(x.count)] = .nan }
      let (source, out) = (Memory(x), Memory([Int32](repeating: -1, count: rows)))
      let g = tm_argmax_arguments(
        in: ref(0), out: ref(1), columns: Int64(columns), row_begin: 0, row_end: Int64(rows),
        type: UInt8(TM_F32.rawValue))
      Call(memories: [source, out]).run(table, \.argmax, g)
      for row in 0..<rows {
        let values = x[row * columns..<(row + 1) * columns]
        let wanted = values.firstIndex { $0.isNaN } ?? values.firstIndex(of: values.max()!)!
        #expect(Int(out.values[row]) == wanted - row * columns)
      }
    }
  }
}

@Suite struct SoftmaxTests {
  private func row<T: KernelElement>(
    _ table: Table, _ function: tm_row_function, _ x: [T], columns: Int
  ) -> [T] {
    let rows = x.count / columns
    let made = function == TM_LOG_SUM_EXP ? rows : x.count
    let (source, out) = (Memory(x), Memory(Array(repeating: T.poison, count: made)))
    let g = tm_row_arguments(
      in: ref(0), out: ref(1), columns: Int64(columns), row_begin: 0, row_end: Int64(rows),
      type: UInt8(T.code.rawValue), function: UInt8(function.rawValue), streams: false)
    Call(memories: [source, out]).run(table, \.row, g)
    #expect(out.isIntactAround)
    return out.values
  }

  /// Proves: softmax is within 4 ulp and half an ulp for each unit of distance from the largest
  /// (the rounding of the subtraction); its logarithm and log-sum-exp are within 2^-22 of their
  /// terms; in f32.
  @Test(arguments: Table.vector)
  func rowsAreAccurate(table: Table) {
    var random = Seeded(61)
    for _ in rounds(200) {
      let (rows, columns) = (1 + random.below(3), 1 + random.extent(600))
      let x = numbers(rows * columns, &random, -15, 15) as [Float]
      let softmax = row(table, TM_SOFTMAX, x, columns: columns)
      let logarithm = row(table, TM_LOG_SOFTMAX, x, columns: columns)
      let sums = row(table, TM_LOG_SUM_EXP, x, columns: columns)
      for r in 0..<rows {
        let values = x[r * columns..<(r + 1) * columns].map(Double.init)
        let largest = values.max()!
        let sum = values.reduce(0) { $0 + exp($1 - largest) }
        #expect(
          abs(Double(sums[r]) - (largest + log(sum))) <= 0x1p-22 * (abs(largest) + log(sum) + 1))
        for (c, value) in values.enumerated() {
          let d = value - largest
          #expect(ulps(softmax[r * columns + c], from: exp(d) / sum) <= 4 - d * 1.1)
          #expect(
            abs(Double(logarithm[r * columns + c]) - (d - log(sum))) <= 0x1p-22 * (log(sum) - d + 1)
          )
        }
      }
    }
  }

  /// Proves: infinities give what the formula gives after the shift: no NaN from inf - inf where
  /// one element is finite, and NaN stays in its row.
  @Test(arguments: Table.all)
  func extremes(table: Table) {
    let inf = Float.infinity
    #expect(row(table, TM_SOFTMAX, [-inf, 0, -inf, 0], columns: 4) == [0, 0.5, 0, 0.5])
    #expect(
      row(table, TM_LOG_SUM_EXP, [-inf, -inf, inf, 1, 3e38, -3e38], columns: 2) == [
        -inf, inf, 3e38,
      ])
    #expect(
      row(table, TM_SOFTMAX, [1, .nan, 2, 2], columns: 2).map(\.isNaN) == [
        true, true, false, false,
      ])
  }

  private func loss<T: KernelElement>(
    _ table: Table, _ x: [T], labels: [Int32], columns: Int
  ) -> (loss: [T], gradient: [T], failure: tm_failure) {
    let rows = labels.count
    let (source, marks) = (Memory(x), Memory(labels))
    let (out, gradient) = (
      Memory(Array(repeating: T.poison, count: rows)),
      Memory(Array(repeating: T.poison, count: x.count))
    )
    let g = tm_cross_entropy_arguments(
      in: ref(0), labels: ref(1), out: ref(2), columns: Int64(columns), row_begin: 0,
      row_end: Int64(rows),
      call: 17, type: UInt8(T.code.rawValue), label_type: UInt8(TM_I32.rawValue))
    let failure = Call(memories: [source, marks, out]).run(table, \.cross_entropy, g)
    let weight = Memory([T(number: 0.5)])
    let d = tm_cross_entropy_gradient_arguments(
      in: ref(0), labels: ref(1), g: ref(2), out: ref(3), columns: Int64(columns), row_begin: 0,
      row_end: Int64(rows), g_stride: 0, type: UInt8(T.code.rawValue),
      label_type: UInt8(TM_I32.rawValue))
    Call(memories: [source, marks, weight, gradient])
      .run(table, \.cross_entropy_gradient, d)
    #expect(out.isIntactAround && gradient.isIntactAround)
    return (out.values, gradient.values, failure)
  }

  /// Proves: cross entropy and its gradient agree with the formula in Double.
  @Test(arguments: Table.all)
  func crossEntropy(table: Table) {
    var random = Seeded(62)
    for _ in rounds(150) {
      let (rows, columns) = (1 + random.below(5), 1 + random.extent(200))
      let x = numbers(rows * columns, &random, -10, 10) as [Float]
      let labels = (0..<rows).map { _ in Int32(random.below(columns)) }
      let got = loss(table, x, labels: labels, columns: columns)
      #expect(got.failure.code == TM_OK.rawValue)
      for r in 0..<rows {
        let values = x[r * columns..<(r + 1) * columns].map(Double.init)
        let sum = values.reduce(0) { $0 + exp($1) }
        let wanted = log(sum) - values[Int(labels[r])]
        #expect(abs(Double(got.loss[r]) - wanted) <= 0x1p-22 * (1 + abs(wanted)))
        for c in 0..<columns {
          let p = exp(values[c]) / sum - (c == Int(labels[r]) ? 1 : 0)
          #expect(
            abs(Double(got.gradient[r * columns + c]) - 0.5 * p) <= 0x1p-21 * (0x1p-10 + abs(p)))
        }
      }
    }
  }

  /// Proves: a label outside fails the run at its row, with what it was and what was allowed, and
  /// gives NaN.
  @Test(arguments: Table.all)
  func labelOutside(table: Table) {
    let got = loss(table, [Float](repeating: 1, count: 12), labels: [2, 3, -1, 0], columns: 3)
    #expect(got.failure.code == TM_INDEX_OUT_OF_RANGE.rawValue && got.failure.call == 17)
    #expect(got.failure.position == 1 && got.failure.value == 3 && got.failure.limit == 3)
    #expect(got.loss.map(\.isNaN) == [false, true, true, false])
  }
}

@Suite struct GatherTests {
  /// Proves: gather copies the rows asked for and scatter adds them in order, bit for bit, for the
  /// cut asked for and nothing else; an index outside fails the run and gives zeros, or is left
  /// out.
  @Test(arguments: Table.vector)
  func matchesTheOracle(table: Table) {
    var random = Seeded(71)
    for round in rounds(400) {
      let (outer, entries, count) = (1 + random.below(3), 1 + random.below(20), random.below(40))
      let width = random.extent(70)
      let indices = (0..<count).map { _ in Int64(random.below(entries + (round % 4 == 0 ? 1 : 0))) }
      let table_ = numbers(outer * entries * width, &random) as [Float]
      let updates = numbers(outer * count * width, &random) as [Float]
      let (from, to) = (random.below(count + 1), random.below(width + 1))
      let results = [table, .scalar].map { isa in
        let (source, marks, added) = (Memory(table_), Memory(indices), Memory(updates))
        let out = Memory([Float](repeating: .poison, count: updates.count))
        let sum = Memory([Float](repeating: .poison, count: table_.count))
        let g = tm_gather_arguments(
          table: ref(0), indices: ref(1), out: ref(2), entries: Int64(entries), count: Int64(count),
          width: Int64(width), outer_begin: 0, outer_end: Int64(outer), index_begin: Int64(from),
          index_end: Int64(count), call: 3, type: UInt8(TM_F32.rawValue),
          index_type: UInt8(TM_I64.rawValue))
        let s = tm_scatter_add_arguments(
          updates: ref(0), indices: ref(1), out: ref(2), entries: Int64(entries),
          count: Int64(count),
          width: Int64(width), outer_begin: 0, outer_end: Int64(outer), width_begin: 0,
          width_end: Int64(to),
          call: 4, type: UInt8(TM_F32.rawValue), index_type: UInt8(TM_I64.rawValue))
        let failures = [
          Call(memories: [source, marks, out]).run(isa, \.gather, g),
          Call(memories: [added, marks, sum]).run(isa, \.scatter_add, s),
        ]
        #expect(out.isIntactAround && sum.isIntactAround)
        return (
          out.values + sum.values,
          failures.map { [Int64($0.code), $0.position, $0.value, $0.limit] }
        )
      }
      #expect(
        firstDifference(results[0].0, results[1].0) == nil && results[0].1 == results[1].1,
        "round \(round)")
    }
  }

  /// Proves: two updates of one row are both added, and an index outside is named.
  @Test(arguments: Table.all)
  func byHand(table: Table) {
    let (updates, indices) = (Memory([1, 2, 3, 4, 5, 6] as [Float]), Memory([1, 1, 7] as [Int32]))
    let out = Memory([Float](repeating: .poison, count: 4))
    let s = tm_scatter_add_arguments(
      updates: ref(0), indices: ref(1), out: ref(2), entries: 2, count: 3, width: 2, outer_begin: 0,
      outer_end: 1, width_begin: 0, width_end: 2, call: 4, type: UInt8(TM_F32.rawValue),
      index_type: UInt8(TM_I32.rawValue))
    let failure = Call(memories: [updates, indices, out]).run(table, \.scatter_add, s)
    #expect(out.values == [0, 0, 4, 6])
    #expect(failure.position == 2 && failure.value == 7 && failure.limit == 2 && failure.call == 4)
  }
}

@Suite struct CheckTests {
  private func first<T: KernelElement>(_ table: Table, _ x: [T]) -> Int? {
    let memory = Memory(x)
    let g = tm_check_finite_arguments(
      in: ref(0), count: Int64(x.count), call: 8, type: UInt8(T.code.rawValue))
    let failure = Call(memories: [memory]).run(table, \.check_finite, g)
    return failure.code == TM_NOT_FINITE.rawValue ? Int(failure.position) : nil
  }

  /// Proves: the first NaN or infinity is found wherever it is, and only within the elements given.
  @Test(arguments: Table.all)
  func findsTheFirst(table: Table) {
    for count in [0, 1, 15, 16, 17, 511, 512, 513, 1500] {
      #expect(first(table, [Float](repeating: .greatestFiniteMagnitude, count: count)) == nil)
      for at in stride(from: 0, to: count, by: 37) {
        var (x, y) = ([Float](repeating: -1, count: count), [Double](repeating: 5, count: count))
        x[at] = .nan
        x[count - 1] = .nan
        y[at] = -.infinity
        #expect(first(table, x) == at)
        #expect(first(table, y) == at)
      }
    }
  }
}

@Suite struct TableTests {
  /// Proves: the oracle is always there, the best instruction set is one of the CPU's, and names
  /// are known.
  @Test func tables() {
    #expect(Table.all.first?.description == "scalar")
    #expect(Table.all.contains { $0.isa == tm_best_isa().rawValue })
    for table in Table.all { #expect(table.kernels.isa.rawValue == table.isa) }
    let names: Set = ["scalar", "avx2", "avx512", "avx512bf16", "neon"]
    #expect(Set(Table.all.map(\.description)).isSubset(of: names))
  }
}
