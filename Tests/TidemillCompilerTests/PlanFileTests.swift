import Synchronization
import Testing
import TidemillCompiler
import TidemillGraph
import TidemillTestSupport

/// Plans that come from files: proven before use, refused and made anew where anything is wrong.
@Suite struct PlanFileTests {
  /// Files in memory.
  private final class Files: PlanStore {
    private let files = Mutex<[String: [UInt8]]>([:])

    func read(_ key: String) throws -> [UInt8]? { files.withLock { $0[key] } }
    func write(_ bytes: [UInt8], _ key: String) throws { files.withLock { $0[key] = bytes } }

    var all: [String: [UInt8]] {
      get { files.withLock { $0 } }
      set { files.withLock { $0 = newValue } }
    }
  }

  /// A folder that cannot be written or read.
  private struct Broken: PlanStore {
    func read(_ key: String) throws -> [UInt8]? { nil }
    func write(_ bytes: [UInt8], _ key: String) throws { throw TidemillError(.file, "full") }
  }

  private func graph(layers: Int = 12) throws -> Graph {
    let graph = GraphBuilder()
    var x = graph.input("x", [64, 32])
    let weight = graph.input("weight", [32, 32])
    for _ in 0..<layers { x = x.matmul(weight).tanh() }
    let loss = x.squared().mean()
    return try graph.graph(outputs: graph.gradient(of: loss, withRespectTo: [weight]))
  }

  private func executable(
    _ store: any PlanStore, _ graph: Graph, _ budget: MemoryBudget = .fractionOfPeak(0.75),
    threads: Int = 1
  ) throws -> Executable {
    try Executable(
      graph, budget: budget, planning: Planning(store: store), threads: threads,
      instructionSet: .preferred(), verifies: true)
  }

  private func same(_ a: Executable, _ b: Executable) -> Bool {
    a.plan.arenaBytes == b.plan.arenaBytes && a.plan.steps.map(\.call) == b.plan.steps.map(\.call)
      && a.plan.values.map(\.offset) == b.plan.values.map(\.offset)
      && a.memory.leastSeconds == b.memory.leastSeconds
      && a.memory.arenaFloorBytes == b.memory.arenaFloorBytes
  }

  @Test func secondTimeLoads() throws {
    let (files, graph) = (Files(), try self.graph())
    for budget in [MemoryBudget.fractionOfPeak(0.75), .smallest] {
      let first = try executable(files, graph, budget)
      let second = try executable(files, graph, budget)
      #expect(first.memory.planFile == .written && second.memory.planFile == .loaded)
      #expect(same(first, second) && first.memory.recomputedCalls > 0)
    }
    // Each of these is another problem, with a file of its own.
    _ = try executable(files, graph, threads: 2)
    _ = try executable(files, self.graph(layers: 14))
    _ = try executable(files, graph, .fractionOfPeak(0.9))
    #expect(files.all.count == 5)
    #expect(try executable(files, graph, .unlimited).memory.planFile == .none)
    #expect(files.all.count == 5)
  }

  /// Every truncation, and a changed bit of every byte.
  @Test func damage() throws {
    let (files, graph) = (Files(), try self.graph())
    let first = try executable(files, graph)
    let (key, whole) = try #require(files.all.first)
    for length in 0..<whole.count {
      let flipped = whole.enumerated().map { $0 == length ? $1 ^ (1 << UInt8(length % 8)) : $1 }
      for bytes in [Array(whole[..<length]), flipped] {
        let text = try message {
          try PlanFile.plan(in: bytes, key: key, for: first.program, .fraction(0.75))
        }
        #expect(text.contains("damaged"), "byte \(length): \(text)")
      }
    }
    for length in [0, 1, whole.count / 2, whole.count - 1] {
      files.all = [key: Array(whole[..<length])]
      let found = try executable(files, graph)
      #expect(found.memory.planFile == .refused("the file is damaged"))
      #expect(same(found, first) && files.all[key] == whole)
    }
    files.all = [key: whole]
    #expect(try executable(files, graph).memory.planFile == .loaded)
  }

  /// Files that are whole, but hold what is wrong: none of it is used, and nothing traps.
  @Test func lies() throws {
    let (files, graph) = (Files(), try self.graph())
    let first = try executable(files, graph)
    let (key, whole) = try #require(files.all.first)
    let text = String(decoding: whole, as: UTF8.self)
    let lines = text.split(separator: "\n").dropLast().map(String.init)
    func line(_ name: String) throws -> Int {
      try #require(lines.firstIndex { $0.hasPrefix("\(name) ") })
    }
    var random = SplitMix(7)
    var refused = 0
    for round in 0..<400 {
      var changed = lines
      let name = ["key", "arena", "calls", "offsets", "room"][round % 5]
      let index = try line(name)
      var words = changed[index].split(separator: " ").map(String.init)
      let word = 1 + Int(random.next() % UInt64(words.count - 1))
      switch random.next() % 5 {
      case 0: words.remove(at: word)
      case 1: words.insert("0", at: word)
      case 2: words[word] = "9223372036854775807"
      case 3: words[word] = "-64"
      default: words.swapAt(word, 1 + Int(random.next() % UInt64(words.count - 1)))
      }
      changed[index] = words.joined(separator: " ")
      if changed == lines { continue }
      let body = Array((changed.joined(separator: "\n") + "\n").utf8)
      var digest = PlanDigest()
      digest.add(body)
      let bytes = body + Array("digest \(digest.text)\n".utf8)
      do {
        let plan = try PlanFile.plan(in: bytes, key: key, for: first.program, .fraction(0.75))
        // What is taken is a plan, if not the one that was made.
        try plan.plan.verify(first.program)
      } catch { refused += 1 }
    }
    #expect(refused > 250)
  }

  @Test func cannotBeWritten() throws {
    #expect(try executable(Broken(), graph()).memory.planFile == .unwritten("full"))
  }

  @Test func digestsDiffer() {
    var seen: Set<String> = []
    for length in 0..<20 {
      for bit in 0..<max(1, 8 * length) {
        var bytes = [UInt8](repeating: 0, count: length)
        if length > 0 { bytes[bit / 8] |= 1 << UInt8(bit % 8) }
        var digest = PlanDigest()
        digest.add(bytes)
        #expect(digest.text.count == 32 && seen.insert(digest.text).inserted)
      }
    }
  }
}

private struct SplitMix {
  private var state: UInt64
  init(_ seed: UInt64) { state = seed }
  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = (state ^ (state >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }
}
