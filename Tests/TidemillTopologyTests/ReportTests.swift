import Foundation
import Testing
import TidemillTopology

@Suite("The report says what was seen and decided")
struct ReportTests {
  @Test("A hybrid machine under a quota, line by line")
  func hybrid() throws {
    let machine = try Machine.named("intel")
    let quota = CPUQuota(microseconds: 250_000, period: 100_000)
    let topology = try machine.topology().with(quota: quota)
    #expect(
      topology.report(placement: try topology.placement()) == """
        source      xml \(machine.path)
        cpu         13th Gen Intel(R) Core(TM) i7-1370P
        packages    1
        NUMA nodes  1: 30.98 GiB
        cores       14: 6 performance with 2 PUs, 8 efficiency with 1 PU
        L1d         6 x 48 KiB for 1 core, 8 x 32 KiB for 1 core
        L2          6 x 1.25 MiB for 1 core, 2 x 2 MiB for 4 cores
        L3          1 x 24 MiB for 14 cores
        allowed     20 PUs: 0-19
        CPU quota   2.5 CPUs
        workers     3: the caller, not pinned (counted on core 0); PUs 2,4
        """)
  }

  @Test("A plain machine with more threads than PUs")
  func plain() throws {
    let topology = try Topology.plain(cores: 2)
    #expect(
      topology.report(placement: try topology.placement(threads: 4)) == """
        source      plain
        cpu         unknown
        packages    unknown
        NUMA nodes  unknown
        cores       2: 2 with 1 PU
        caches      unknown
        allowed     2 PUs: 0-1
        CPU quota   none
        workers     4: the caller, not pinned (counted on core 0); PU 1; 2 more, not pinned
        """)
    #expect(topology.description == "machine (packages: 0, NUMA nodes: 0, cores: 2, PUs: 2)")
  }

  @Test(
    "Quotas are shown with two decimals, at the ends of the range too",
    arguments: [
      (100_000, 100_000, "1 CPUs"), (33_333, 100_000, "0.33 CPUs"), (5_000, 100_000, "0.05 CPUs"),
      (Int.max, 1, "9223372036854775807 CPUs"), (Int.max - 1, Int.max, "0.99 CPUs"),
    ])
  func quota(_ microseconds: Int, _ period: Int, _ text: String) throws {
    let topology = try Topology.plain(cores: 2)
      .with(quota: CPUQuota(microseconds: microseconds, period: period))
    let report = topology.report(placement: try topology.placement())
    #expect(report.contains("CPU quota   \(text)\n"), "\(report)")
  }

  @Test(
    "The summary of any machine survives JSON, and says the same as the topology",
    arguments: Machine.all)
  func summary(_ machine: Machine) throws {
    let topology = try machine.topology()
    let placement = try topology.placement(threads: machine.pus.count + 1)
    let summary = TopologySummary(topology, placement: placement)
    let json = try JSONEncoder().encode(summary)
    #expect(try JSONDecoder().decode(TopologySummary.self, from: json) == summary)
    #expect(summary.allowedPUs == machine.pus)
    #expect(summary.kinds.map(\.cores) == machine.kinds)
    #expect(
      summary.caches.filter { $0.name == "L3" }.map { [$0.bytes, $0.cores.count] } == machine.l3)
    #expect(summary.workers.map(\.pu) == placement.workers.map { $0.pu?.rawValue })
    #expect(summary.threads == machine.pus.count + 1 && !summary.isThisMachine)
    let again = try JSONDecoder().decode(Placement.self, from: JSONEncoder().encode(placement))
    #expect(again == placement)
  }
}
