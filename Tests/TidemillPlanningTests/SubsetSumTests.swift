import Testing
import TidemillPlanning

@Suite("Subset sums")
struct SubsetSumTests {
  @Test("Of few sizes a subset is found wherever there is one", arguments: 0..<200)
  func exhaustive(_ seed: Int) {
    var random = TestGenerator(seed)
    let sizes = (0..<Int.random(in: 0...10, using: &random)).map { _ in
      Int.random(in: 0...20, using: &random)
    }
    let sums = (0..<(1 << sizes.count)).map { mask in
      sizes.indices.reduce(0) { $0 + (mask >> $1 & 1) * sizes[$1] }
    }
    #expect(SubsetSum.sums(of: sizes).map(\.sum) == sums.sorted(), "seed \(seed)")
    for sum in -1...(sizes.reduce(0, +) + 1) {
      let found = SubsetSum.subset(of: sizes, sum: sum)
      #expect((found != nil) == sums.contains(sum), "seed \(seed), \(sizes) to \(sum)")
      guard let found else { continue }
      #expect(Set(found).count == found.count && found.reduce(0) { $0 + sizes[$1] } == sum)
    }
  }

  @Test("Of many sizes one is found of the many that there are", arguments: 0..<20)
  func many(_ seed: Int) throws {
    var random = TestGenerator(seed)
    let sizes = (0..<60).map { _ in Int.random(in: 1...(1 << 16), using: &random) }
    let sum = sizes.filter { _ in Bool.random(using: &random) }.reduce(0, +)
    let found = try #require(SubsetSum.subset(of: sizes, sum: sum), "seed \(seed)")
    #expect(Set(found).count == found.count && found.reduce(0) { $0 + sizes[$1] } == sum)
  }
}
