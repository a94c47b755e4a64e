import Testing
import TidemillGraph
import TidemillPlanning

@Suite("Offsets")
struct OffsetTests {
  /// Benchmarks of minimalloc with the height that is known to be the least.
  static let known: [(name: String, height: Int, rows: String)] = [
    ("a", 6, "0,3,2\n2,5,2\n0,2,3\n3,5,3\n1,4,1"),
    ("b", 6, "0,4,2\n2,6,2\n0,2,3\n4,6,3\n1,5,1"),
    ("c", 8, "0,5,3\n3,8,3\n0,3,4\n5,8,4\n2,6,1"),
    ("d", 9, "0,5,3\n3,8,3\n0,3,4\n5,8,4\n2,6,1\n1,7,1"),
    ("e", 12, "10,11,5\n3,5,4\n7,12,4\n5,11,3\n1,8,4"),
    ("f", 14, "0,5,4\n0,6,3\n1,6,2\n5,8,5\n2,8,4\n1,2,5"),
    ("g", 7, "10,11,3\n1,6,2\n1,3,5\n5,12,2\n10,12,1\n7,9,5"),
  ]

  @Test("Small benchmarks reach the least height, and say that it is", arguments: known)
  func small(_ name: String, _ height: Int, _ rows: String) throws {
    let packing = try verified(buffers(rows))
    #expect(packing.height == height, "\(name)")
    #expect(packing.isOptimal)
  }

  @Test("Hard benchmarks fit, by the same offsets on one thread and on two", arguments: ["B", "C"])
  func hard(_ name: String) throws {
    let problem = try OffsetProblem(fixture("\(name).1048576"))
    let one = problem.packed(capacity: 1_048_576)
    try OffsetVerifier.check(one, of: problem.buffers)
    #expect(one.height <= 1_048_576)
    #expect(problem.packed(capacity: 1_048_576, threads: 2) == one)
  }

  @Test("As low as the best of all orders, with alignments and fixed offsets", arguments: 0..<300)
  func exhaustive(_ seed: Int) throws {
    var random = TestGenerator(seed)
    let all = Self.random(&random, count: Int.random(in: 1...6, using: &random))
    guard (try? OffsetProblem(all)) != nil else { return }  // two are fixed in one place
    let packing = try verified(all)
    #expect(packing.height == exhaustiveHeight(all), "seed \(seed): \(all)")
    #expect(packing.isOptimal, "seed \(seed)")
  }

  static func random(_ random: inout TestGenerator, count: Int) -> [OffsetBuffer] {
    (0..<count).map { _ in
      let lower = Int.random(in: 0..<8, using: &random)
      let alignment = [1, 1, 1, 2, 3, 4].randomElement(using: &random) ?? 1
      let isFixed = Int.random(in: 0..<8, using: &random) == 0
      return OffsetBuffer(
        lower: lower, upper: lower + Int.random(in: 1...5, using: &random),
        size: Int.random(in: 0...6, using: &random), alignment: alignment,
        fixed: isFixed ? alignment * Int.random(in: 0..<4, using: &random) : nil)
    }
  }

  @Test("A height between the live peak and the least one is proven to be out of reach")
  func outOfReach() throws {
    // At most 9 bytes live at a time, but no packing is lower than 10.
    let all = buffers("3,8,3\n5,9,2\n4,5,3\n6,7,3\n2,3,3\n3,4,3\n1,3,6\n2,6,1\n1,5,2\n1,2,1")
    let problem = try OffsetProblem(all)
    let best = problem.packed()
    try OffsetVerifier.check(best, of: all)
    #expect(best.isOptimal)
    #expect(best.lowerBound >= problem.livePeak)
    let packing = problem.packed(capacity: best.height - 1)
    #expect(packing.height == best.height && packing.lowerBound == best.height)
  }

  @Test("Buffers that live one after the other share one place, and none need nothing")
  func edges() throws {
    #expect(try verified([]).height == 0)
    #expect(try verified(buffers("0,1,0\n0,1,0")).height == 0)
    #expect(try verified(buffers("0,1,5\n1,2,5\n2,3,5")).height == 5)
    let long = OffsetBuffer(lower: .min, upper: .max, size: 1 << 58)
    let short = OffsetBuffer(lower: 0, upper: 1, size: 1)
    #expect(try verified([long, short]).height == 1 << 58 + 1)
  }

  @Test("18,000 buffers like those of a training step are packed within 2 % of the live peak")
  func large() throws {
    var random = TestGenerator(1)
    let layers = 3_000
    let all = (0..<layers).flatMap { layer -> [OffsetBuffer] in
      let size = 64 * Int.random(in: 1...4096, using: &random)
      let back = 4 * layers - 2 * layer
      return [
        OffsetBuffer(lower: 0, upper: 4 * layers + 2, size: size / 2),
        OffsetBuffer(lower: 2 * layer, upper: back + 1, size: size),
        OffsetBuffer(lower: 2 * layer, upper: 2 * layer + 2, size: 2 * size),
        OffsetBuffer(lower: 2 * layer + 1, upper: 2 * layer + 2, size: 64),
        OffsetBuffer(lower: back, upper: back + 3, size: size),
        OffsetBuffer(lower: back, upper: back + 1, size: size / 2),
      ]
    }
    let problem = try OffsetProblem(all)
    let packing = problem.packed(capacity: problem.livePeak + problem.livePeak / 50)
    #expect(packing.gap <= 0.02)
    try OffsetVerifier.check(packing, of: all)
  }

  @Test("What makes no sense is refused, with the buffer")
  func refusals() {
    func message(_ buffers: [OffsetBuffer]) -> String {
      do { _ = try OffsetProblem(buffers) } catch { return "\(error)" }
      return ""
    }
    let good = OffsetBuffer(lower: 0, upper: 2, size: 4, alignment: 2, fixed: 2)
    #expect(message([good, .init(lower: 3, upper: 3, size: 1)]).contains("Buffer 1 lives from 3"))
    #expect(message([.init(lower: 0, upper: 1, size: -1)]).contains("size -1"))
    #expect(message([.init(lower: 0, upper: 1, size: 1, alignment: 0)]).contains("alignment 0"))
    #expect(
      message([.init(lower: 0, upper: 1, size: 1, alignment: 2, fixed: 3)]).contains("multiple"))
    #expect(message([.init(lower: 0, upper: 1, size: 1, fixed: -1)]).contains("fixed at -1"))
    #expect(message([.init(lower: 0, upper: 1, size: .max)]).contains("2^60"))
    #expect(message([good, .init(lower: 1, upper: 2, size: 1, fixed: 5)]).contains("same place"))
    #expect(message([good, .init(lower: 2, upper: 3, size: 1, fixed: 5)]).isEmpty)
  }

  private func verified(_ buffers: [OffsetBuffer]) throws -> OffsetPacking {
    let packing = try OffsetProblem(buffers).packed()
    try OffsetVerifier.check(packing, of: buffers)
    return packing
  }
}
