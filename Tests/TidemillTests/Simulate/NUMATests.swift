import Foundation
import Testing
import Tidemill
import TidemillCompiler
import TidemillTestSupport
import TidemillTopology

/// What crosses between the NUMA nodes of a machine.
@Suite struct NUMATests {
  private func epyc() throws -> Topology {
    let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    return try Topology(
      xml: tests.path + "/TidemillTopologyTests/Fixtures/epyc-7451-2s-8numa-16l3-96pu.xml")
  }

  /// Proves: on eight nodes with sixteen caches a simulated step is valid, and moves no less than it must.
  @Test func largeStep() throws {
    let simulation = try Workload.named("mlp_wide").batched(8192).simulation(
      on: epyc(), threads: 48, costs: .standard)
    let run = simulation.run()
    try run.verify(simulation.graph)
    #expect(run.leastRemoteBytes > 0)
    #expect(run.remoteBytes >= run.leastRemoteBytes)
  }

  /// Proves: every page that tasks touch belongs to one worker, who writes most of it, or reads most where nobody writes.
  @Test func pagesBelongToThoseWhoWriteThem() throws {
    let graph = try Workload.named("mlp_digits").simulation(
      on: .plain(cores: 4), threads: 4, costs: .standard
    ).graph
    let pages = PageHomes(graph).pages
    var bytes: [[Int]: [Int: Int]] = [:]
    for (index, task) in graph.tasks.enumerated() {
      for place in task.writes {
        for row in 0..<place.region.rows {
          let start = place.region.start + row * place.region.pitch
          for byte in stride(from: start, to: start + place.region.runBytes, by: 4) {
            bytes[[place.slot, byte / 4096], default: [:]][Int(graph.homes[index]), default: 0] += 4
          }
        }
      }
    }
    var owners: [[Int]: Int] = [:]
    for page in pages {
      for number in page.bytes.lowerBound / 4096..<page.bytes.upperBound / 4096 {
        #expect(owners.updateValue(page.worker, forKey: [page.slot, number]) == nil)
      }
    }
    for (page, workers) in bytes {
      let owner = try #require(owners[page])
      // Rows that lie apart are counted as if they were spread evenly.
      let most = workers.values.max() ?? 0
      #expect(Double(workers[owner] ?? 0) >= 0.5 * Double(most), "\(page): \(workers), \(owner)")
    }
  }
}
