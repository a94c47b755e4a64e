import Testing
import TidemillTopology

@Suite("Kinds of cores that are about equally fast are one kind")
struct CoreKindTests {
  private func kind(
    _ pu: Int, efficiency: Int? = nil, type: String? = nil, capacity: Int? = nil, mhz: Int? = nil
  ) -> CoreKindMeasure {
    var kind = CoreKindMeasure(efficiency: efficiency)
    kind.pus = [PU(pu)]
    kind.coreType = type
    kind.capacity = capacity
    kind.maximumMHz = mhz
    return kind
  }

  private func groups(_ kinds: [CoreKindMeasure]) -> [Set<Int>] {
    CoreKindMeasure.folded(kinds).map { Set($0.pus.map(\.rawValue)) }
  }

  @Test("Cores that may boost a little higher are not another kind")
  func favoured() {
    #expect(
      groups([kind(0, mhz: 5500), kind(1, mhz: 5700), kind(2, mhz: 4600)]) == [[1, 0], [2]])
  }

  @Test("A chain of small steps does not end in one kind: each is held against the fastest")
  func chain() {
    let kinds = [1000, 950, 900, 850, 800].enumerated().map { kind($0, capacity: $1) }
    #expect(groups(kinds) == [[0, 1, 2], [3, 4]])
  }

  @Test("Capacity counts more than the clock, as it is measured between designs")
  func capacityFirst() {
    let kinds = [kind(0, capacity: 1024, mhz: 3000), kind(1, capacity: 500, mhz: 3000)]
    #expect(groups(kinds) == [[0], [1]])
  }

  @Test("Different designs at the same clock are two kinds")
  func types() {
    let kinds = [
      kind(0, efficiency: 0, type: "IntelAtom", mhz: 4000),
      kind(1, efficiency: 1, type: "IntelCore", mhz: 4000),
    ]
    #expect(groups(kinds) == [[1], [0]])
  }

  @Test("Without any measure the order and the kinds are those of the machine")
  func unknown() {
    #expect(groups([kind(0), kind(1)]) == [[0], [1]])
    #expect(groups([kind(0, efficiency: 0), kind(1, efficiency: 1)]) == [[1], [0]])
    #expect(groups([]) == [])
  }
}
