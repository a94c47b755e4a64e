import Testing
import Tidemill
import TidemillCompiler
import TidemillGraph
import TidemillTopology

/// Who has which bytes while tasks are planned.
@Suite struct ByteHoldersTests {
  private func machine(_ synthetic: String) throws -> MachineModel {
    let topology = try Topology(synthetic: synthetic)
    return MachineModel(topology, try topology.placement(threads: topology.allowedPUs.count))
  }

  private func place(_ bytes: Range<Int>, rows: Int = 1, pitch: Int = 0) -> TaskGraph.TouchedRegion
  {
    .init(
      slot: 1,
      region: Region(start: bytes.lowerBound, runBytes: bytes.count, pitch: pitch, rows: rows))
  }

  /// A byte at a time.
  private struct Naive {
    let machine: MachineModel
    let costs: CostModel
    var caches: [Set<Int>] = Array(repeating: [], count: 100)
    var writers: [Int?] = Array(repeating: nil, count: 100)

    private func isOnCore(_ one: Int, _ other: Int) -> Bool {
      machine.workers[one].core == machine.workers[other].core
    }

    func seconds(_ bytes: Range<Int>, to worker: Int) -> Double {
      bytes.reduce(0) { sum, byte in
        guard !caches[byte].isEmpty else { return sum }
        if caches[byte].contains(machine.workers[worker].cache) {
          return sum + (writers[byte].map { isOnCore($0, worker) } ?? true ? 0 : costs[.coreByte])
        }
        let holders = machine.workers.indices.filter {
          caches[byte].contains(machine.workers[$0].cache)
        }
        let nearest = holders.map { machine.distance($0, worker) }.min()
        switch nearest {
        case .samePackage: return sum + max(costs[.memorySamePackage], costs[.coreByte])
        case .apart: return sum + max(costs[.memoryApart], costs[.coreByte])
        default: return sum + costs[.coreByte]
        }
      }
    }

    mutating func touch(_ bytes: Range<Int>, by worker: Int, writes: Bool) {
      let cache = machine.workers[worker].cache
      for byte in bytes {
        if writes {
          (caches[byte], writers[byte]) = ([cache], worker)
        } else if !(writers[byte].map { isOnCore($0, worker) } ?? false) {
          caches[byte].insert(cache)
          writers[byte] = nil
        }
      }
    }
  }

  /// Proves: for runs of bytes that workers read and write in any order, what it takes to bring others to each worker is what
  /// it is byte by byte, on one cache, on several, and on several nodes and packages.
  @Test(arguments: [
    "core:3 pu:1", "core:2 pu:2", "l3:3 core:2 pu:1", "pack:2 numa:2 l3:2 core:2 pu:1",
  ])
  func runsOfBytes(synthetic: String) throws {
    let machine = try machine(synthetic)
    for seed in 0..<30 {
      var random = SeededGenerator(seed: UInt64(seed))
      var naive = Naive(machine: machine, costs: .standard)
      var holders = ByteHolders(machine, .standard)
      for step in 0..<60 {
        func some() -> Range<Int> {
          let start = random.index(below: 99)
          return start..<start + 1 + random.index(below: 100 - start)
        }
        let asked = some()
        let found = holders.seconds(toBring: [place(asked)])
        let expected = machine.workers.indices.map { naive.seconds(asked, to: $0) }
        #expect(
          zip(found, expected).allSatisfy { abs($0 - $1) < 1e-15 },
          "seed \(seed), step \(step): \(found) for \(expected)")
        let (bytes, worker) = (some(), random.index(below: machine.workers.count))
        let writes = random.index(below: 3) == 0
        naive.touch(bytes, by: worker, writes: writes)
        if writes {
          holders.write(place(bytes), by: worker)
        } else {
          holders.read(place(bytes), by: worker)
        }
      }
    }
  }

  /// Proves: of columns that another worker reads of rows half or more make all of them shared, and less makes none.
  @Test func columns() throws {
    let byte = CostModel.standard[.coreByte]
    for (columns, left) in [(32, 0.0), (16, 4 * 64 * byte)] {
      var holders = ByteHolders(try machine("core:2 pu:1"), .standard)
      holders.write(place(0..<256), by: 0)
      let block = place(0..<columns, rows: 4, pitch: 64)
      #expect(abs(holders.seconds(toBring: [block])[1] - Double(4 * columns) * byte) < 1e-12)
      holders.read(block, by: 1)
      #expect(abs(holders.seconds(toBring: [place(0..<256)])[1] - left) < 1e-15)
    }
  }
}
