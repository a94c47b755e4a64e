import Testing
import TidemillPlanning

@Suite("Offset verifier")
struct OffsetVerifierTests {
  @Test("Sees every packing that is broken at random", arguments: 0..<200)
  func mutations(_ seed: Int) throws {
    var random = TestGenerator(seed)
    var all = OffsetTests.random(&random, count: 12)
    for index in all.indices { all[index].fixed = nil }
    var packing = try OffsetProblem(all).packed()
    try OffsetVerifier.check(packing, of: all)
    let index = Int.random(in: all.indices, using: &random)
    switch Int.random(in: 0..<5, using: &random) {
    case 0: packing.offsets[index] = -all[index].alignment
    case 1: packing.offsets.removeLast()
    case 2: packing.height += 1
    case 3: packing.lowerBound = packing.height + 1
    default:
      // Onto another one that lives at the same time.
      let others = all.indices.filter {
        $0 != index && all[$0].size > 0 && all[$0].lower < all[index].upper
          && all[index].lower < all[$0].upper
      }
      guard all[index].size > 0, let other = others.randomElement(using: &random) else { return }
      all[index].alignment = 1
      packing.offsets[index] = packing.offsets[other]
    }
    #expect(throws: OffsetVerifier.Mistake.self, "seed \(seed)") {
      try OffsetVerifier.check(packing, of: all)
    }
  }

  @Test("Sees an offset that is not aligned, and one that is not where it is fixed")
  func rules() {
    let even = OffsetBuffer(lower: 0, upper: 1, size: 1, alignment: 2)
    let fixed = OffsetBuffer(lower: 0, upper: 1, size: 1, fixed: 3)
    let packing = OffsetPacking(offsets: [1], height: 2, lowerBound: 1)
    for buffer in [even, fixed] {
      #expect(throws: OffsetVerifier.Mistake.self) {
        try OffsetVerifier.check(packing, of: [buffer])
      }
    }
  }
}
