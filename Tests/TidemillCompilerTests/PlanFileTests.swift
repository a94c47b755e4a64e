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
      && a.memory.baseSeconds == b.memory.baseSeconds
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
          _ = try PlanFile(bytes, key: key)
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
    for round in 0..<450 {
      var changed = lines
      let name = [
        "key", "program", "whole", "seconds", "calls", "offsets", "floor", "live-peak",
        "least-extra",
      ][
        round % 9]
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
      guard
        let plan = try? PlanFile(signed(changed), key: key).proven(
          for: first.program, room: first.plan.arenaBytes, floor: first.memory.arenaFloorBytes,
          slower: 0)
      else {
        refused += 1
        continue
      }
      // What is taken is a plan, if not the one that was made, and says the same of itself.
      #expect(throws: Never.self) { try plan.plan.verify(first.program) }
      #expect(plan.plan.arenaBytes == first.plan.arenaBytes)
      #expect(plan.floorBytes == first.memory.arenaFloorBytes)
    }
    #expect(refused > 250)
  }

  /// The bytes of a file with these lines, whole by its digest.
  private func signed(_ lines: [String]) -> [UInt8] {
    let body = Array((lines.joined(separator: "\n") + "\n").utf8)
    var digest = PlanDigest()
    digest.add(body)
    return body + Array("digest \(digest.text)\n".utf8)
  }

  /// Proves: each number that a file says about its plan is held against the plan, and one that is not so makes the file
  /// refused, for the reason given, and written anew.
  @Test func claims() throws {
    let (files, graph) = (Files(), try self.graph())
    let first = try executable(files, graph)
    let (key, text) = try #require(files.all.first)
    let lines = String(decoding: text, as: UTF8.self).split(separator: "\n").dropLast()
    func number(_ name: String) throws -> Int {
      let line = try #require(lines.first { $0.hasPrefix("\(name) ") })
      return try #require(Int(line.dropFirst(name.count + 1)))
    }
    func file(_ name: String, _ number: Int) -> [UInt8] {
      // Seconds are two halves of bits.
      let other = name == "seconds" ? "\(number) 0" : "\(number)"
      return signed(lines.map { $0.hasPrefix("\(name) ") ? "\(name) \(other)" : String($0) })
    }
    let seconds = first.memory.plannedSeconds - first.memory.baseSeconds
    let (floor, peak, whole) = (try number("floor"), try number("live-peak"), try number("whole"))
    let extra = Int((seconds * 1e12).rounded())
    let bound = try number("least-extra")
    #expect(bound > 0 && bound < extra && first.plan.arenaBytes <= whole * 3 / 4)
    let least = first.memory.leastSeconds - first.memory.baseSeconds
    #expect(abs(least - Double(bound) * 1e-12) < 1e-12)
    let calls = first.program.calls.count
    for (name, number, reason) in [
      ("floor", floor + 64, "the floor is above that of the program"),
      ("live-peak", first.plan.arenaBytes + 64, "the live peak is not that of the plan"),
      ("live-peak", peak - 64, "the live peak is not that of the plan"),
      ("whole", first.plan.arenaBytes, "the plan is not within the budget"),
      (
        "whole", first.memory.unplannedBytes * 2,
        "the plan without a budget is not one for the program"
      ),
      ("least-extra", extra + calls, "the bound is above what the plan has"),
      ("least-extra", 1 << 59, "the bound is above what the plan has"),
      ("seconds", 1 << 29, "the plan without a budget is not one for the program"),
      ("program", 3, "the plan is for a program that there is not"),
      ("program", 4, "the line 'program' is damaged"),
    ] {
      files.all = [key: file(name, number)]
      let found = try executable(files, graph).memory.planFile
      #expect(found == .refused(reason), "\(name) \(number)")
      #expect(files.all[key] == text, "\(name) \(number)")
    }
    files.all = [key: signed(lines.map { $0.hasPrefix("key ") ? "key other" : String($0) })]
    let other = "the plan is for another program or another budget"
    #expect(try executable(files, graph).memory.planFile == .refused(other))
    // Weaker bounds are true as well.
    for (name, number) in [("least-extra", 0), ("floor", floor - 64)] {
      files.all = [key: file(name, number)]
      #expect(try executable(files, graph).memory.planFile == .loaded, "\(name)")
    }
  }

  /// Proves: a plan that is proven in all else, but takes more than the budget or than running everything once, is refused.
  @Test func beyondTheBudget() throws {
    let (files, graph) = (Files(), try self.graph())
    let program = graph.simplified().lowered()
    let once = try program.planned(.unlimited)
    let arena = once.plan.arenaBytes
    let seconds = try executable(files, graph, .unlimited).memory.baseSeconds
    func use(
      _ planned: PlannedArena, _ budget: MemoryBudget, whole: Int? = nil, there: Int = 0
    ) throws -> PlanFileUse {
      var planning = Planning(store: files)
      planning.arenaThere = there
      func executable() throws -> Executable {
        try Executable(
          graph, budget: budget, planning: planning, threads: 1, instructionSet: .preferred())
      }
      files.all = [:]
      _ = try executable()
      let key = try #require(files.all.keys.first)
      files.all = [
        key: try PlanFile(planned, program: 0, whole: whole ?? arena, wholeSeconds: seconds).bytes(
          key: key)
      ]
      return try executable().memory.planFile
    }
    let beyond = PlanFileUse.refused("the plan is not within the budget")
    let fixed = try executable(files, graph, .unlimited).memory.totalBytes - arena
    #expect(try use(once, .bytes(fixed + arena - 64)) == beyond)
    #expect(try use(once, .fractionOfPeak(0.75)) == beyond)
    #expect(try use(once, .smallest, whole: arena - 64) == beyond)
    // Which one is the smallest nobody knows.
    #expect(try use(once, .smallest) == .loaded)
    #expect(try use(once, .smallest, whole: 0, there: arena / 2) == beyond)
    let small = try program.planned(.bytes(arena * 9 / 10))
    #expect(small.plan.arenaBytes > arena * 3 / 4)
    let there = small.plan.arenaBytes
    #expect(try use(small, .fractionOfPeak(0.75)) == beyond)
    #expect(try use(small, .fractionOfPeak(0.75), there: there) == .loaded)
    #expect(try use(small, .smallest, whole: 0, there: there) == .loaded)
  }

  /// Proves: of a plan with more runs than are read no file is made, and with as many as that one is.
  @Test func tooManyRuns() throws {
    let program = try graph().simplified().lowered()
    let planned = try program.planned(.unlimited)
    var file = PlanFile(planned, program: 0, whole: planned.plan.arenaBytes, wholeSeconds: 1)
    let most = 1 << 20
    file.calls = Array(repeating: 0, count: most)
    let bytes = try file.bytes(key: "k")
    #expect(bytes.count > 2 * most)
    file.calls.append(0)
    let text = try message { _ = try file.bytes(key: "k") }
    #expect(text.contains("too many calls"))
    // Whoever reads counts alike.
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n").dropLast()
    let longer = signed(lines.map { $0.hasPrefix("calls ") ? "\($0) 0" : String($0) })
    let refusal = try message { _ = try PlanFile(longer, key: "k") }
    #expect(refusal.contains("too many calls"))
  }

  /// Proves: a key is of all that a plan depends on; each of these changes is another file.
  @Test func keys() throws {
    let files = Files()
    func made(
      _ budget: MemoryBudget = .fractionOfPeak(0.75), seconds: Double = 2, there: Int = 0,
      _ beside: (Value) -> Value = { $0.relu() }, guarded: Bool = false
    ) throws {
      let builder = GraphBuilder()
      var x = builder.input("x", [64, 32])
      let weight = builder.input("weight", [32, 32])
      for _ in 0..<12 { x = x.matmul(weight).tanh() }
      let loss = x.squared().mean()
      if guarded { builder.requireFinite(loss, "loss") }
      let gradients = builder.gradient(of: loss, withRespectTo: [weight])
      let graph = try builder.graph(outputs: gradients + [beside(builder.input("z", [9]))])
      var planning = Planning(seconds: seconds, store: files)
      planning.arenaThere = there
      _ = try Executable(
        graph, budget: budget, planning: planning, threads: 1, instructionSet: .preferred())
    }
    let variants: [() throws -> Void] = [
      { try made() }, { try made(seconds: 1) }, { try made(there: 64) },
      // The same calls on the same memory, of another cost.
      { try made { $0.sin() } },
      { try made(.fractionOfPeak(0.8)) }, { try made(guarded: true) },
    ]
    for (index, variant) in variants.enumerated() {
      try variant()
      #expect(files.all.count == index + 1, "variant \(index)")
      try variant()
      #expect(files.all.count == index + 1, "variant \(index)")
    }
  }

  /// Proves: what is too large for its budget is not kept.
  @Test func whatDoesNotFitIsNotKept() throws {
    let files = Files()
    #expect(throws: TidemillError.self) { try executable(files, graph(), .bytes(1)) }
    #expect(files.all.isEmpty)
  }

  /// Proves: plans of other programs than the fastest are read back, on one thread and on several.
  @Test(arguments: [1, 3]) func allPrograms(threads: Int) throws {
    var programs: Set<String> = []
    for graph in try [PlanningGraphs.towers(layers: 6), PlanningGraphs.updates()] {
      for budget in [MemoryBudget.fractionOfPeak(0.8), .fractionOfPeak(0.6), .smallest] {
        let files = Files()
        func compiled() throws -> Executable {
          try Executable(
            graph, budget: budget, planning: Planning(store: files), threads: threads,
            instructionSet: .preferred(),
            blocks: GemmBlocks(depthBytes: 1024, rows: 56, columns: 128), verifies: true)
        }
        let first = try compiled()
        let second = try compiled()
        #expect(second.memory.planFile == .loaded && same(first, second))
        #expect(first.memory.plannedSeconds == second.memory.plannedSeconds)
        #expect(first.memory.waitingSeconds >= 0 && first.memory.gap >= 0)
        let text = String(decoding: try #require(files.all.values.first), as: UTF8.self)
        programs.insert(
          try #require(
            text.split(separator: "\n").first { $0.hasPrefix("program") }.map(String.init)))
      }
    }
    #expect(programs.isSuperset(of: ["program 1", "program 2"]), "\(programs)")
  }

  /// Proves: what is written for random programs is what is read.
  @Test func randomPrograms() throws {
    for seed in 0..<12 as Range<UInt64> {
      let program = try RandomGraph(seed: seed).graph.simplified().lowered()
      for room in [ArenaRoom.smallest, .fraction(0.8)] {
        let made = try program.planned(room)
        guard made.fits else { continue }
        let file = PlanFile(made, program: 0, whole: made.plan.arenaBytes, wholeSeconds: 1)
        let read = try PlanFile(file.bytes(key: "k"), key: "k").proven(
          for: program, room: made.plan.arenaBytes, floor: made.floorBytes, slower: 0)
        #expect(read.plan.steps.map(\.call) == made.plan.steps.map(\.call), "seed \(seed)")
        #expect(read.plan.values.map(\.offset) == made.plan.values.map(\.offset), "seed \(seed)")
        #expect(read.leastExtraCost == made.leastExtraCost, "seed \(seed)")
        #expect(read.plan.livePeak == made.plan.livePeak, "seed \(seed)")
      }
    }
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
