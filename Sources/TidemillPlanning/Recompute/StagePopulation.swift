/// Schedules of which two at a time are crossed: some values are kept as the one says, the others as
/// the other does. What comes of it is annealed for a short while, and takes the place of the worst.
///
/// Annealing alone hardly leaves the valley where it begins, as what is kept for the end of one block
/// of a network depends on what is kept for its neighbours. Crossing joins what is good in one part
/// with what is good in another.
///
/// **Source**: Moscato: On evolution, search, optimization, genetic algorithms and martial arts:
/// towards memetic algorithms, 1989.
package final class StagePopulation: @unchecked Sendable {
  // One thread at a time uses it.
  /// Those of the least value first.
  private(set) var members: [StageSchedule] = []
  /// The cheapest that fitted, if any did.
  var best: StageSchedule? { cheapestFitting ?? members.first }
  /// Others of less value, which do not fit, may take its place among the members.
  private var cheapestFitting: StageSchedule?
  package let search: StageSearch
  private let count: Int
  private let words: Int
  private var generator: PlanningGenerator

  /// An empty one.
  package init(_ problem: RecomputeProblem, order: [Int], seed: UInt64) {
    search = StageSearch(problem, order: order, seed: seed)
    count = order.count
    words = search.state.words
    generator = PlanningGenerator(seed: ~seed)
  }

  private static let size = 16
  private static let patience = 100
  /// For each operation.
  private static let movesOfSeed = 200
  private static let movesOfChild = 40

  /// Begins anew with seeds, each annealed for a while.
  func begin(with seeds: [[UInt64]], until bound: Int, deadline: Deadline) {
    members = []
    for (index, bits) in seeds.enumerated() {
      let left = deadline.secondsLeft
      let end = left < .infinity ? Deadline(seconds: left / Double(seeds.count - index)) : deadline
      guard search.restart(bits, deadline: deadline) else { return }
      search.run(heat: 0.3, moves: Self.movesOfSeed * count, until: bound, deadline: end)
      insert(search.result)
    }
  }

  /// Begins anew with schedules.
  func begin(with members: [StageSchedule]) {
    self.members = []
    for member in members { insert(member) }
  }

  /// Crosses until that has not made anything cheaper for a while.
  func evolve(until bound: Int, deadline: Deadline) {
    var waits = 0
    while members.count > 1, waits < Self.patience, !deadline.isPast, !isDone(bound) {
      let best = members[0].value
      let one = generator.index(members.count)
      let other = (one + 1 + generator.index(members.count - 1)) % members.count
      let child = cross(members[one].bits, members[other].bits)
      guard search.restart(child, deadline: deadline) else { return }
      search.run(heat: 0.5, moves: Self.movesOfChild * count, until: bound, deadline: deadline)
      insert(search.result)
      waits = members[0].value < best ? 0 : waits + 1
    }
  }

  /// Anneals the best once more.
  func refine(heat: Double, until bound: Int, deadline: Deadline) {
    guard let best, search.restart(best.bits, deadline: deadline) else { return }
    search.run(heat: heat, until: bound, deadline: deadline)
    insert(search.result)
  }

  private func isDone(_ bound: Int) -> Bool {
    best.map { $0.fits && $0.value <= Double(bound) } ?? false
  }

  private func insert(_ member: StageSchedule) {
    if member.fits, member.value < cheapestFitting?.value ?? .infinity { cheapestFitting = member }
    // Of equal ones a single one stays, or all would be alike soon.
    guard !members.contains(where: { $0.value == member.value }) else { return }
    let place = members.firstIndex { $0.value > member.value } ?? members.count
    members.insert(member, at: place)
    if members.count > Self.size { members.removeLast() }
  }

  /// The values of some places in a row as in the second, the others as in the first.
  package func cross(_ first: [UInt64], _ second: [UInt64]) -> [UInt64] {
    let ends = [generator.index(count), generator.index(count + 1)].sorted()
    var mask = [UInt64](repeating: 0, count: words)
    for value in ends[0]..<ends[1] { mask[value >> 6] |= 1 << UInt64(value & 63) }
    var bits = first
    for index in bits.indices {
      bits[index] ^= (first[index] ^ second[index]) & mask[index % words]
    }
    return bits
  }
}
