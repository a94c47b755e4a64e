// Layer norm, RMS norm and their gradients.
import CKernels
import Testing

@Suite struct NormTests {
  /// The forward kernel, the cotangent of the rows, and the sums over rows.
  private func run<T: KernelElement>(
    _ table: Table, _ norm: tm_norm, _ x: [T], gain: [T], bias: [T], _ g: [T],
    rows: Range<Int>? = nil, parts: Range<Int>? = nil
  ) -> [[T]] {
    let (columns, type, kind) = (gain.count, UInt8(T.code.rawValue), UInt8(norm.rawValue))
    let count = x.count / columns
    let all = (count + Int(TM_NORM_ROWS) - 1) / Int(TM_NORM_ROWS)
    let (r, p) = (rows ?? 0..<count, parts ?? 0..<all)
    let inputs = [Memory(x), Memory(gain), Memory(bias), Memory(g)]
    let out = [x.count, x.count, all * 2 * columns].map {
      Memory(Array(repeating: T.poison, count: $0))
    }
    let call = Call(memories: inputs + out)
    call.run(
      table, \.norm,
      tm_norm_arguments(
        in: ref(0), gain: ref(1), bias: ref(2), out: ref(4), columns: Int64(columns),
        row_begin: Int64(r.lowerBound), row_end: Int64(r.upperBound), epsilon: 1e-3, type: type,
        norm: kind, has_gain: true, has_bias: true, streams: false))
    call.run(
      table, \.norm_gradient,
      tm_norm_gradient_arguments(
        in: ref(0), gain: ref(1), g: ref(3), out: ref(5), columns: Int64(columns),
        row_begin: Int64(r.lowerBound), row_end: Int64(r.upperBound), epsilon: 1e-3, type: type,
        norm: kind, has_gain: true, streams: false))
    call.run(
      table, \.norm_sums,
      tm_norm_sums_arguments(
        in: ref(0), g: ref(3), out: ref(6), rows: Int64(count), columns: Int64(columns),
        part_begin: Int64(p.lowerBound), part_end: Int64(p.upperBound), epsilon: 1e-3, type: type,
        norm: kind, has_bias: true))
    for memory in out { #expect(memory.isIntactAround) }
    return out.map(\.values)
  }

  private func check<T: KernelElement & BinaryFloatingPoint>(
    _ table: Table, _: T.Type, seed: UInt64
  ) {
    var random = Seeded(seed)
    for round in rounds(120) {
      let (count, columns) = (1 + random.below(round % 3 == 0 ? 70 : 5), 1 + random.extent(500))
      let draw: (inout Seeded, Int) -> [T] = { numbers($1, &$0, -1, 3) }
      let (x, g) = (draw(&random, count * columns), draw(&random, count * columns))
      let (gain, bias) = (draw(&random, columns), draw(&random, columns))
      for norm in [TM_LAYER_NORM, TM_RMS_NORM] {
        let found = run(table, norm, x, gain: gain, bias: bias, g)
        let plain = run(.scalar, norm, x, gain: gain, bias: bias, g)
        // Scales are up to 32; sums have up to 32 terms of one sign or another.
        let units: [T] = [64, 4096, 16384]
        for (which, (found, plain)) in zip(found, plain).enumerated() {
          let most = plain.map(\.magnitude).max() ?? 1
          let bound = T.ulpOfOne * units[which] * max(most, 1)
          let wrong = zip(found, plain).contains { !(($0 - $1).magnitude <= bound) }
          #expect(!wrong, "\(count)x\(columns), \(norm), result \(which)")
        }
        // The same bits whatever the cut, and from every instruction set of vectors.
        let (r, p) = (random.below(count), random.below((count + 31) / 32))
        let part = run(
          Table.vector[0], norm, x, gain: gain, bias: bias, g, rows: r..<count,
          parts: p..<(count + 31) / 32)
        let starts = [r * columns, r * columns, p * 2 * columns]
        for which in 0..<3 {
          let (some, all) = (part[which][starts[which]...], found[which][starts[which]...])
          #expect(firstDifference(Array(some), Array(all)) == nil, "\(count)x\(columns) \(which)")
          #expect(part[which][..<starts[which]].allSatisfy { $0.sameBits(.poison) })
        }
      }
    }
  }

  /// Proves: all three agree with the oracle, and have the same bits for any cut and instruction set.
  @Test(arguments: Table.vector) func float32(table: Table) { check(table, Float.self, seed: 81) }
  @Test(arguments: Table.vector) func float64(table: Table) { check(table, Double.self, seed: 82) }
}
