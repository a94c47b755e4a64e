import Foundation
import Testing
import TidemillTopology

/// The machines in Fixtures, with what is known about them from elsewhere.
struct Machine: Sendable, CustomTestStringConvertible {
  let file: String
  let packages: Int
  let nodes: Int
  let cores: Int
  let pus: [Int]
  /// Cores of each kind, fastest first.
  let kinds: [Int]
  /// Bytes of each L3 and how many cores share it.
  let l3: [[Int]]

  var testDescription: String { file }
  var path: String { fixturePath(file) }
  func topology() throws -> Topology { try Topology(xml: path) }

  static let all: [Machine] = [
    Machine(
      file: "amd-strixpoint-zen5-zen5c-24pu", packages: 1, nodes: 1, cores: 12, pus: Array(0..<24),
      kinds: [12], l3: [[16 << 20, 4], [8 << 20, 8]]),
    Machine(
      file: "arm-gb10-biglittle-20pu", packages: 1, nodes: 1, cores: 20, pus: Array(0..<20),
      kinds: [10, 10], l3: [[8 << 20, 10], [16 << 20, 10]]),
    Machine(
      file: "cgroup2-restricted-6of32pu", packages: 3, nodes: 6, cores: 6, pus: Array(0..<6),
      kinds: [6], l3: [[5_240_832, 4], [5_240_832, 2]]),
    Machine(
      file: "epyc-7451-2s-8numa-16l3-96pu", packages: 2, nodes: 8, cores: 48, pus: Array(0..<96),
      kinds: [48], l3: Array(repeating: [8 << 20, 3], count: 16)),
    Machine(
      file: "epyc-9654-2s-24l3-384pu", packages: 2, nodes: 1, cores: 192, pus: Array(0..<384),
      kinds: [192], l3: Array(repeating: [32 << 20, 8], count: 24)),
    Machine(
      file: "intel-raptorlake-hybrid-6p8e-20pu", packages: 1, nodes: 1, cores: 14,
      pus: Array(0..<20), kinds: [6, 8], l3: [[24 << 20, 14]]),
    Machine(
      file: "knl-7210-256pu", packages: 1, nodes: 1, cores: 64, pus: Array(0..<256), kinds: [64],
      l3: []),
    Machine(
      file: "offline-cpu0-node0-17pu", packages: 2, nodes: 1, cores: 17, pus: Array(4..<21),
      kinds: [17], l3: [[30 << 20, 9], [30 << 20, 8]]),
    Machine(
      file: "single-core-1pu", packages: 1, nodes: 1, cores: 1, pus: [0], kinds: [1], l3: []),
    Machine(
      file: "xeon-skylake-2s-gold6140-72pu", packages: 2, nodes: 1, cores: 36, pus: Array(0..<72),
      kinds: [36], l3: Array(repeating: [25344 << 10, 18], count: 2)),
  ]

  static func named(_ start: String) throws -> Machine {
    try #require(all.first { $0.file.hasPrefix(start) })
  }
}

func fixturePath(_ name: String) -> String {
  Bundle.module.bundlePath + "/Fixtures/\(name).xml"
}

/// SplitMix64: the same numbers on every machine.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64
  init(seed: UInt64) { state = seed }
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

/// A folder that is gone after the test.
final class TemporaryFolder: Sendable {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "tidemill-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Writes a file, with the folders it is in; returns its path.
  @discardableResult
  func write(_ name: String, _ text: String) throws -> String {
    let file = URL(fileURLWithPath: path).appendingPathComponent(name)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: file)
    return file.path
  }
}
