import Foundation
import Testing
import TidemillGraph
import TidemillTopology

@Suite("Machines are read as they are")
struct ReadingTests {
  @Test(
    "A real machine has the packages, nodes, cores, kinds and caches it is known to have",
    arguments: Machine.all)
  func machine(_ machine: Machine) throws {
    let topology = try machine.topology()
    expectConsistent(topology)
    #expect(topology.source == .xml(machine.path))
    #expect(!topology.isThisMachine)
    #expect(topology.packages.count == machine.packages)
    #expect(topology.nodes.count == machine.nodes)
    #expect(topology.cores.count == machine.cores)
    #expect(topology.allowedPUs.map(\.rawValue) == machine.pus)
    #expect(topology.kinds.map(\.cores.count) == machine.kinds)
    let l3 = topology.caches.filter { $0.level == 3 }
    #expect(l3.map { [$0.bytes, $0.cores.count] } == machine.l3)
  }

  @Test("Two readings of a file are equal, and differ from those of another file")
  func equality() throws {
    let hybrid = try Machine.named("intel")
    #expect(try hybrid.topology() == hybrid.topology())
    #expect(try hybrid.topology() != Machine.named("single").topology())
  }

  @Test("Caches of a hybrid machine belong to the right cores")
  func hybridCaches() throws {
    let topology = try Machine.named("intel").topology()
    let fast = try #require(topology.kinds.first).cores
    let slow = try #require(topology.kinds.last).cores
    #expect(fast == Array(0..<6) && slow == Array(6..<14))
    #expect(fast.allSatisfy { topology.cache(level: 1, ofCore: $0)?.bytes == 48 << 10 })
    #expect(slow.allSatisfy { topology.cache(level: 1, ofCore: $0)?.bytes == 32 << 10 })
    #expect(fast.allSatisfy { topology.cache(level: 2, ofCore: $0)?.cores == [$0] })
    #expect(topology.cache(level: 2, ofCore: 7)?.cores == Array(6..<10))
    #expect(topology.cache(level: 2, ofCore: 7)?.bytes == 2 << 20)
    #expect(topology.cache(level: 2, ofCore: 7)?.lineSize == 64)
    #expect(topology.cache(level: 1, ofCore: 0)?.associativity == .ways(12))
    #expect(topology.cache(level: 1, ofCore: 0)?.name == "L1d")
    #expect(topology.cache(level: 3, ofCore: 0)?.name == "L3")
    #expect(topology.cache(level: 4, ofCore: 0) == nil)
    #expect(topology.cache(level: 1, ofCore: 14) == nil)
    #expect(topology.cache(level: 1, ofCore: -1) == nil)
    #expect(topology.cores[0].pus == [PU(0), PU(1)] && topology.cores[13].pus == [PU(19)])
    #expect(topology.cpuModel == "13th Gen Intel(R) Core(TM) i7-1370P")
  }

  @Test("Cores whose NUMA node is offline have none, and the others have theirs")
  func missingNode() throws {
    let topology = try Machine.named("offline").topology()
    #expect(
      topology.cores.map(\.node) == .init(repeating: nil, count: 9) + .init(repeating: 0, count: 8))
    #expect(topology.nodes.map(\.osIndex) == [1])
    #expect(
      topology.cores.map(\.package) == .init(repeating: 0, count: 9) + .init(repeating: 1, count: 8)
    )
  }

  @Test("A synthetic machine has what its description says")
  func synthetic() throws {
    let topology = try Topology(synthetic: "pack:2 numa:2(memory=1GB) l3:2 core:3 pu:4")
    expectConsistent(topology)
    #expect(topology.source == .synthetic("pack:2 numa:2(memory=1GB) l3:2 core:3 pu:4"))
    #expect(topology.packages.map(\.cores.count) == [12, 12])
    #expect(topology.nodes.map(\.cores.count) == [6, 6, 6, 6])
    #expect(topology.nodes.allSatisfy { $0.bytes == 1_000_000_000 })
    #expect(topology.caches.map(\.cores.count) == .init(repeating: 3, count: 8))
    #expect(topology.cores.count == 24 && topology.cores.allSatisfy { $0.pus.count == 4 })
    #expect(topology.kinds.count == 1 && topology.cpuModel == nil && topology.quota == nil)
  }

  @Test("PUs without cores are cores", arguments: ["pu:3", "3", "pack:1 numa:1 pu:3"])
  func withoutCores(_ description: String) throws {
    let topology = try Topology(synthetic: description)
    expectConsistent(topology)
    #expect(topology.cores.map(\.pus) == [[PU(0)], [PU(1)], [PU(2)]])
  }

  @Test("A fully associative cache and unknown sizes are told apart from numbers")
  func unknownCache() throws {
    let folder = try TemporaryFolder()
    let text = try String(contentsOfFile: Machine.named("cgroup2").path, encoding: .utf8)
      .replacingOccurrences(of: "cache_associativity=\"48\"", with: "cache_associativity=\"-1\"")
      .replacingOccurrences(of: "cache_associativity=\"16\"", with: "cache_associativity=\"0\"")
      .replacingOccurrences(of: "cache_linesize=\"64\"", with: "cache_linesize=\"0\"")
    let topology = try Topology(xml: folder.write("machine.xml", text))
    #expect(topology.cache(level: 1, ofCore: 0)?.associativity == .ways(2))
    #expect(topology.cache(level: 2, ofCore: 0)?.associativity == nil)
    #expect(topology.cache(level: 3, ofCore: 0)?.associativity == .full)
    #expect(topology.cache(level: 3, ofCore: 0)?.lineSize == nil)
  }

  @Test("A plain machine is cores and nothing else", arguments: [1, 2, 64, 8192])
  func plain(_ count: Int) throws {
    let topology = try Topology.plain(cores: count)
    #expect(topology.cores.map(\.pus) == (0..<count).map { [PU($0)] })
    #expect(topology.packages.isEmpty && topology.nodes.isEmpty && topology.caches.isEmpty)
    #expect(topology.source == .plain && !topology.isThisMachine)
    if count < 100 { expectConsistent(topology) }
  }
}

@Suite("What cannot be read is an error that names it")
struct ReadingErrorTests {
  private func expectError(_ parts: String..., from make: () throws -> Topology) throws {
    let error = try #require(throws: TidemillError.self) { _ = try make() }
    #expect(error.code == .topology)
    for part in parts { #expect(error.message.contains(part), "\(error.message)") }
  }

  @Test("A missing file, a folder and files that are no machine name the file")
  func xml() throws {
    let folder = try TemporaryFolder()
    let missing = folder.path + "/missing.xml"
    try expectError("cannot read", "'\(missing)'", "No such file") { try Topology(xml: missing) }
    try expectError("'\(folder.path)'", "Is a directory") { try Topology(xml: folder.path) }
    try expectError("cannot read", "''") { try Topology(xml: "") }
    let whole = try String(contentsOfFile: Machine.named("arm").path, encoding: .utf8)
    func without(_ part: String) -> String {
      whole.replacingOccurrences(of: part, with: "", options: [], range: whole.range(of: part))
    }
    func with(_ new: String, for old: String) -> String {
      whole.replacingOccurrences(of: old, with: new, options: [], range: whole.range(of: old))
    }
    let bad: [(text: String, problem: String)] = [
      ("", "line 1: no Machine"), ("not XML at all", "no Machine"),
      ("<svg><g/></svg>\n", "<svg> where <topology> is expected"),
      ("<topology version=\"2.0\">\n</topology>", "line 2: no Machine"),
      ("<topology version=\"1.0\"></topology>", "the format of hwloc 1"),
      (String(whole.prefix(whole.count / 2)), "line"),
      (whole + "<topology version=\"2.0\"/>", "<topology> where"),
      (with("\"9.0\"", for: "\"2.0\""), "expected XML of hwloc"),
      (with("0x1000fffff", for: "0x000fffff"), "Machine with cpuset \"0x1000fffff\""),
      (with("0xf...f", for: "0x000fffff"), "Machine with cpuset \"0xf...f\""),
      (with("0x001fffff", for: "0x000fffff"), "Machine with more PUs"),
      (without(" complete_nodeset=\"0x00000001\""), "Machine without complete_nodeset"),
      (without(" type=\"Machine\""), "line 4: an object without a type"),
      (with("gp_index=\"1\"", for: "gp_index=\"3\""), "two objects with gp_index 1"),
      (
        with("<!DOCTYPE t [<!ENTITY a \"b\">]>", for: "<!DOCTYPE topology SYSTEM \"hwloc2.dtd\">"),
        "line 2: a document type"
      ),
      (whole.replacingOccurrences(of: "type=\"PU\"", with: "type=\"Misc\""), "no PU"),
      (whole.replacingOccurrences(of: "type=\"NUMANode\"", with: "type=\"Misc\""), "no NUMANode"),
    ]
    for (text, problem) in bad {
      let path = try folder.write("bad.xml", text)
      try expectError("'\(path)'", problem, "expected XML of hwloc 2 or later", "lstopo") {
        try Topology(xml: path)
      }
    }
  }

  @Test(
    "A wrong synthetic description is quoted, with what is wrong",
    arguments: [
      ("", "it has no levels"), ("  ", "it has no levels"),
      ("core:0", "level 'core:0' needs a count"), ("core:-2", "level 'core:-2' needs a count"),
      ("pack:2 core", "level 'core' needs a count"), ("core:", "level 'core:' needs a count"),
      (":4", "level ':4' needs a count"), ("core:4x", "level 'core:4x' needs a count"),
      ("blah:4 pu:1", "hwloc does not accept it"), ("pu:2 core:4", "the last level is 'core:4'"),
      ("pack:1000 core:1000", "more than 8192 PUs"),
      ("pack:9223372036854775807 core:9 pu:2", "more than 8192 PUs"),
      ("gro2:2l2:2 pu:1", "level 'gro2:2l2:2' needs a count"),
      ("2l2:3 pu:1", "level '2l2:3' needs"),
      ("pack:99999999999999999999", "needs a count"), ("pu:2(size=1", "hwloc does not accept it"),
    ])
  func synthetic(_ description: String, _ problem: String) throws {
    try expectError("'\(description)'", problem, "such as 'pack:2 numa:2 core:4 pu:2'") {
      try Topology(synthetic: description)
    }
  }

  @Test(
    "A plain machine has at least one core and not millions", arguments: [0, -1, 8193, Int.max])
  func plain(_ count: Int) throws {
    try expectError("\(count) cores", "between 1 and 8192") { try Topology.plain(cores: count) }
  }

  @Test("Damaged files are errors or machines that hold together, never the end of the program")
  func damaged() throws {
    var random = SeededGenerator(seed: 11)
    let folder = try TemporaryFolder()
    for round in 0..<200 {
      let machine = try #require(Machine.all.randomElement(using: &random))
      var bytes = try [UInt8](Data(contentsOf: URL(fileURLWithPath: machine.path)))
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        // Digits for digits get past the parser and reach the meaning.
        let digits = bytes.indices.filter { (48...57).contains(bytes[$0]) }
        guard let place = digits.randomElement(using: &random) else { continue }
        bytes[place] = UInt8.random(in: 48...57, using: &random)
      }
      if round % 4 == 0, let place = bytes.indices.randomElement(using: &random) {
        bytes[place] = UInt8.random(in: 33...126, using: &random)
      }
      let path = try folder.write("damaged.xml", String(decoding: bytes, as: UTF8.self))
      guard let topology = try? Topology(xml: path) else { continue }
      expectConsistent(topology, "seed 11, round \(round), \(machine.file)")
    }
  }
}
