import Foundation
import Synchronization
import Testing
import Tidemill
import TidemillCompiler
import TidemillGraph
import TidemillRuntime
import TidemillTestSupport
import TidemillTopology

/// Memory of several NUMA nodes: a machine that is not there is put in the place of this one.
@Suite struct NodeMemoryTests {
  /// Proves: each page of the arena and of all state that a step touches is touched first, once, by a worker of its node,
  /// whatever the workers; and is there before the first step. The arena has the bytes of its plan.
  @Test(
    .timeLimit(.minutes(5)), arguments: ["pack:2 numa:1 core:2 pu:1", "pack:4 numa:1 core:1 pu:1"])
  func pagesAreTouchedByTheirNode(machine: String) throws {
    let nodes = try PretendedNodes(machine, workload: "mlp_digits")
    let store = try nodes.workload.initialize(seed: 1)
    let binding = try Binding(nodes.executable, store: store, pool: nodes.pool)
    let arena = try binding.makeArena()
    #expect(arena.byteCount == nodes.executable.plan.arenaBytes)
    let memory = try #require(NodeMemory(nodes.executable, on: nodes.pool))
    let workers = nodes.pool.machine.workers.map(\.node)
    try memory.placement.verify(nodes.executable.tasks, nodes: workers)

    var expected: [UInt: Int] = [:]
    for (slot, kind) in nodes.executable.slots.kinds.enumerated() {
      let storage: TensorStorage
      switch kind {
      case .arena: storage = arena
      case .state(let key): storage = try store.storage(of: key)
      default: continue
      }
      guard storage.byteCount >= memory.placement.pageBytes else { continue }
      let start = try #require(storage.bytes.baseAddress)
      for pages in memory.placement.pages where pages.slot == slot {
        for byte in stride(
          from: pages.bytes.lowerBound, to: min(pages.bytes.upperBound, storage.byteCount),
          by: memory.placement.pageBytes)
        {
          expected[UInt(bitPattern: start + byte)] = pages.node
          #expect(isResident(start + byte))
        }
      }
    }
    let touched = nodes.touches.all
    #expect(touched.count == expected.count && !touched.isEmpty)
    #expect(Set(expected.values).count > 1)
    for (page, worker) in touched {
      #expect(expected[page] == workers[worker], "page \(page) by worker \(worker)")
      // The caller may run anywhere, so it touches only what nobody else would.
      #expect(worker > 0 || !workers.dropFirst().contains(workers[0]), "page \(page) by the caller")
    }
    #expect(Set(touched.map(\.page)).count == touched.count)
  }

  /// Proves: parameters have their first numbers, and steps the same bits, wherever pages lie.
  @Test(.timeLimit(.minutes(5)), arguments: ["mlp_digits", "branches"])
  func bitsAreTheSame(name: String) throws {
    func weights(_ machine: String?) throws -> [[UInt8]] {
      let nodes = try PretendedNodes(machine ?? "core:4 pu:1", workload: name)
      #expect((NodeMemory(nodes.executable, on: nodes.pool) == nil) == (machine == nil))
      let store = try nodes.workload.initialize(seed: 2)
      let before = try store.tensors.map { Array($0.tensor.storage.bytes) }
      let session = try nodes.session(store)
      #expect(try store.tensors.map { Array($0.tensor.storage.bytes) } == before)
      #expect(nodes.touches.all.isEmpty == (machine == nil))
      let data = try nodes.workload.data(seed: 3)
      for _ in 0..<3 { try session.run(data.input, data.target) }
      return try (store.tensors + store.optimizerState).map { Array($0.tensor.storage.bytes) }
    }
    let expected = try weights(nil)
    #expect(try weights("pack:2 numa:1 core:2 pu:1") == expected)
    #expect(try weights("pack:4 numa:1 core:1 pu:1") == expected)
  }

  /// Proves: what a second session asks for stays where the first one has it, so both work on the same numbers.
  @Test func sessionsShareState() throws {
    let nodes = try PretendedNodes("pack:2 numa:1 core:2 pu:1", workload: "mlp_digits")
    let store = try nodes.workload.initialize(seed: 1)
    let data = try nodes.workload.data(seed: 1)
    let sessions = try [nodes.session(store), nodes.session(store)]
    func bytes() throws -> [UInt8] {
      let tensor = try store.tensors[0].tensor
      return withExtendedLifetime(tensor) { Array(tensor.storage.bytes) }
    }
    let before = try bytes()
    try sessions[0].run(data.input, data.target)
    let middle = try bytes()
    try sessions[1].run(data.input, data.target)
    let after = try bytes()
    #expect(before != middle && middle != after)
  }

  /// Whether a page has memory behind it.
  private func isResident(_ page: UnsafeMutableRawPointer) -> Bool {
    var state: UInt8 = 0
    return mincore(page, 1, &state) == 0 && state & 1 == 1
  }
}

/// A training step compiled for a machine that is not there, and a pool that takes itself for that machine.
struct PretendedNodes {
  let workload: Workload
  let function: CompiledFunction
  let pool: Pool
  let touches = Touches()
  var executable: Executable { function.executable }

  /// - Parameter machine: In hwloc's words; a worker for each core, none of which is pinned.
  init(_ machine: String, workload name: String) throws {
    let topology = try Topology(synthetic: machine)
    let placement = Placement(
      workers: topology.cores.indices.map { Placement.Worker(pu: nil, core: $0) })
    workload = try Workload.named(name)
    var options = try CompileOptions(threads: placement.threads, topology: topology)
    // Everything seems slow, so that everything is cut and shared.
    options.costs = try CostModel(
      Dictionary(
        uniqueKeysWithValues: CostConstant.allCases.map { ($0, min($0.standard * 100, 0.1)) }))
    function = try workload.compiled(options)
    let touches = touches
    pool = Pool(placement: placement, topology: topology) { page, worker in
      touches.append(page, worker)
      page.storeBytes(of: 0, as: UInt8.self)
    }
  }

  func session(_ store: ParameterStore) throws -> Session {
    try Session(function, store: store, seed: 0, pool: pool)
  }

  /// Who touched which page first.
  final class Touches: Sendable {
    private let entries = Mutex<[(page: UInt, worker: Int)]>([])

    func append(_ page: UnsafeMutableRawPointer, _ worker: Int) {
      entries.withLock { $0.append((UInt(bitPattern: page), worker)) }
    }

    var all: [(page: UInt, worker: Int)] { entries.withLock { $0 } }
  }
}
