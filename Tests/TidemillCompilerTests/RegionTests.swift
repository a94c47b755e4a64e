import Testing
import TidemillGraph
import TidemillTestSupport
import Tidemill

/// Bytes that tasks touch: overlaps are never missed, and seldom seen where there are none.
@Suite struct RegionTests {
  private func bytes(_ region: Region) -> Set<Int> {
    Set(
      (0..<region.rows).flatMap { row in
        (0..<region.runBytes).map { region.start + row * region.pitch + $0 }
      })
  }

  @Test func overlapsAgainstSetsOfBytes() throws {
    var generator = SeededGenerator(seed: 1)
    var (disjoint, imprecise) = (0, 0)
    for _ in 0..<20_000 {
      let regions = (0..<2).map { _ -> Region in
        let run = generator.index(below: 9)
        let rows = 1 + generator.index(below: 5) * generator.index(below: 2)
        let pitch = generator.chance(0.5) ? 12 : Swift.max(run, 1) + generator.index(below: 6)
        return Region(
          start: generator.index(below: 60), runBytes: run, pitch: Swift.max(pitch, run), rows: rows
        )
      }
      let (one, other) = (regions[0], regions[1])
      let shares = !bytes(one).isDisjoint(with: bytes(other))
      #expect(one.overlaps(other) == other.overlaps(one), "\(regions)")
      if shares { #expect(one.overlaps(other), "\(regions)") }
      guard !shares else { continue }
      disjoint += 1
      if one.overlaps(other) {
        imprecise += 1
        // Only rows against rows may be said to overlap where they do not.
        #expect(one.rows > 1 && other.rows > 1, "\(regions)")
      }
    }
    #expect(disjoint > 5000 && imprecise * 10 < disjoint)
  }

  /// The region of a view covers the bytes of its elements, and no others where it is rows.
  @Test func regionsOfViewsCoverTheirElements() throws {
    var generator = SeededGenerator(seed: 2)
    for round in 0..<5_000 {
      let view = randomView(&generator)
      let region = bytes(Region(view, base: 64))
      let exact = Set(elements(view).flatMap { element in (0..<4).map { 64 + element * 4 + $0 } })
      #expect(exact.isSubset(of: region), "round \(round): \(view)")
      if view.isContiguous { #expect(exact == region, "round \(round): \(view)") }
    }
  }

  /// `reshaped` finds strides exactly where there are some.
  @Test func reshapedAgainstElements() throws {
    var generator = SeededGenerator(seed: 3)
    var possible = 0
    for round in 0..<20_000 {
      let view = randomView(&generator)
      let target = randomFactors(of: view.count, &generator)
      let wanted = elements(view)
      let found = view.reshaped(to: Shape(target))
      if let found {
        #expect(found.shape == target)
        #expect(elements(found) == wanted, "round \(round): \(view) to \(target)")
      }
      let exists = hasStrides(wanted, target)
      #expect((found != nil) == exists, "round \(round): \(view) to \(target)")
      possible += exists ? 1 : 0
    }
    #expect((2_000..<18_000).contains(possible))
  }

  /// Positions of a view's elements in row-major order.
  private func elements(_ view: View) -> [Int] {
    var result: [Int] = []
    forEachIndex(view.shape) { index, _ in
      result.append(zip(index, view.strides).reduce(view.offset) { $0 + $1.0 * $1.1 })
    }
    return result
  }

  /// Whether one stride for each axis gives these positions: what the neighbours of the first say, tried.
  private func hasStrides(_ wanted: [Int], _ shape: [Int]) -> Bool {
    guard let first = wanted.first else { return true }
    let rowMajor = Shape(shape).rowMajorStrides
    let strides = shape.indices.map { shape[$0] > 1 ? wanted[rowMajor[$0]] - first : 0 }
    var fits = true
    forEachIndex(shape) { index, element in
      fits = fits && zip(index, strides).reduce(first) { $0 + $1.0 * $1.1 } == wanted[element]
    }
    return fits
  }

  /// A contiguous view, then transposed, sliced, broadcast.
  private func randomView(_ generator: inout SeededGenerator) -> View {
    let shape = (0..<generator.index(below: 5)).map { _ in 1 + generator.index(below: 4) }
    var view = View(contiguous: BufferID(0), TensorType(Shape(shape)))
    view.offset = generator.index(below: 3)
    for _ in 0..<generator.index(below: 3) {
      switch generator.index(below: 3) {
      case 0: view = view.transposed(generator.shuffled(view.shape.count))
      case 1:
        let extents = view.shape.map { 1 + generator.index(below: $0) }
        let steps = zip(view.shape, extents).map { $0 >= 2 * $1 ? 2 : 1 }
        view = view.sliced(starts: view.shape.map { _ in 0 }, steps: steps, extents: extents)
      default:
        view = view.broadcast(to: Shape([1 + generator.index(below: 3)] + view.shape))
      }
    }
    return view
  }

  private func randomFactors(of count: Int, _ generator: inout SeededGenerator) -> [Int] {
    var (rest, factors) = (count, [Int]())
    while rest > 1 && factors.count < 5 {
      let divisors = (1...rest).filter { rest % $0 == 0 }
      let factor = generator.element(divisors)
      factors.append(factor)
      rest /= factor
    }
    return rest > 1 ? factors + [rest] : factors
  }
}
