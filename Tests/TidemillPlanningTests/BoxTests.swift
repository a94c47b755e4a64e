import Testing
import TidemillPlanning

@Suite("Boxes")
struct BoxTests {
  @Test("Cut rectangles of up to 18,000 buffers go back to their height", arguments: [0, 30, 100])
  func cuts(_ pinwheels: Int) throws {
    for (seed, count) in [12, 100, 1_000, 4_000, 18_000].enumerated() {
      var random = TestGenerator(seed)
      let rectangle = CutRectangle(height: 1 << 24, width: 1 << 30, pinwheels: pinwheels)
      let buffers = rectangle.buffers(count, &random)
      #expect(buffers.count >= count)
      let problem = try OffsetProblem(buffers)
      #expect(problem.livePeak == rectangle.height)
      let packing = problem.packed(capacity: rectangle.height, passes: 1)
      try OffsetVerifier.check(packing, of: buffers)
      #expect(packing.height == rectangle.height, "seed \(seed), \(buffers.count) buffers")
    }
  }

  @Test("Alignments hold inside of boxes", arguments: 0..<50)
  func aligned(_ seed: Int) throws {
    var random = TestGenerator(seed)
    let rectangle = CutRectangle(height: 1 << 20, width: 1 << 20, pinwheels: 30, grain: 64)
    var buffers = rectangle.buffers(200, &random)
    for index in buffers.indices {
      buffers[index].alignment = [1, 4, 64, 96].randomElement(using: &random) ?? 1
    }
    let packing = try OffsetProblem(buffers).packed(capacity: rectangle.height, passes: 1)
    try OffsetVerifier.check(packing, of: buffers)
  }

  @Test("Cut rectangles of which some pieces are fixed go back to their height", arguments: 0..<6)
  func fixed(_ seed: Int) throws {
    for (count, grain) in [(40, 1), (500, 1), (2_000, 64)] {
      var random = TestGenerator(seed)
      let rectangle = CutRectangle(
        height: 1 << 24, width: 1 << 30, pinwheels: seed % 3 * 10, grain: grain, fixed: 3)
      let buffers = rectangle.buffers(count, &random)
      let packing = try OffsetProblem(buffers).packed(capacity: rectangle.height, passes: 1)
      try OffsetVerifier.check(packing, of: buffers)
      #expect(packing.height == rectangle.height, "seed \(seed), \(buffers.count) buffers")
    }
  }

  @Test("A twentieth of the pieces may be missing", arguments: 0..<6)
  func missing(_ seed: Int) throws {
    for count in [200, 2_000, 4_000] {
      var random = TestGenerator(seed)
      let rectangle = CutRectangle(height: 1 << 24, width: 1 << 30, missing: 5)
      let buffers = rectangle.buffers(count, &random)
      let packing = try OffsetProblem(buffers).packed(capacity: rectangle.height, passes: 2)
      try OffsetVerifier.check(packing, of: buffers)
      let gap = Double(packing.height) / Double(rectangle.height) - 1
      #expect(gap <= 0.02, "seed \(seed), \(buffers.count) buffers: \(gap)")
    }
  }

  @Test("Boxes keep fixed offsets and alignments, and no filler counts", arguments: 0..<100)
  func rules(_ seed: Int) throws {
    var random = TestGenerator(seed)
    let rectangle = CutRectangle(
      height: 1 << 16, width: 1 << 16, pinwheels: 20, grain: seed % 2 * 31 + 1, fixed: 10,
      missing: 10)
    var buffers = rectangle.buffers(Int.random(in: 5...300, using: &random), &random)
    for index in buffers.indices where buffers[index].fixed == nil {
      buffers[index].alignment = [1, 4, 32].randomElement(using: &random) ?? 1
    }
    let packing = try OffsetProblem(buffers).packed(capacity: rectangle.height, passes: 1)
    try OffsetVerifier.check(packing, of: buffers)
  }

  @Test("A box whose fixed part is not found again is of no use, and does not move it")
  func fixedAmongMany() throws {
    // Nine free parts, below a fixed one, make 512 places: more than are tried where the box is opened.
    let free = (0..<9).map { OffsetBuffer(lower: 0, upper: 1, size: 1 << $0) }
    let special =
      free + [
        OffsetBuffer(lower: 0, upper: 1, size: 1_000, fixed: 10_000),
        OffsetBuffer(lower: 1, upper: 2, size: 1_511),
        OffsetBuffer(lower: 0, upper: 2, size: 10_000),
        OffsetBuffer(lower: 0, upper: 2, size: 3_000),
        OffsetBuffer(lower: 2, upper: 3, size: 14_511),
      ]
    var random = TestGenerator(3)
    // What first fit does not solve.
    let rest = CutRectangle(height: 14_511, width: 20_000).buffers(1_500, &random).map { buffer in
      var buffer = buffer
      buffer.lower += 10
      buffer.upper += 10
      return buffer
    }
    let packing = try OffsetProblem(special + rest).packed(capacity: 14_511, passes: 1)
    try OffsetVerifier.check(packing, of: special + rest)
  }

  @Test("Hard benchmarks fit within a pass", arguments: ["B", "C"])
  func hard(_ name: String) throws {
    let problem = try OffsetProblem(fixture("\(name).1048576"))
    let packing = problem.packed(capacity: 1_048_576, passes: 1)
    try OffsetVerifier.check(packing, of: problem.buffers)
    #expect(packing.height <= 1_048_576)
  }
}
