import CHwloc
import Tidemill
import TidemillTopology

extension FuzzTarget {
  /// Descriptions of machines in XML, as far as they are looked at before hwloc is: a comment behind
  /// the end changes nothing, another element does.
  static let xml = FuzzTarget("xml") { bytes in
    func isTaken(_ text: [UInt8]) throws -> Bool {
      try accepted { try Topology.checkXML(text, path: "f") } != nil
    }
    guard try isTaken(bytes) else { return }
    try require(try isTaken(bytes + Array("<!-- x -->\n".utf8)), "a comment makes it malformed")
    try require(try !isTaken(bytes + Array("<topology/>".utf8)), "two machines are taken")
  }

  /// Synthetic machines: small ones are read by hwloc with as many PUs as they say.
  static let synthetic = FuzzTarget("synthetic") { bytes in
    let text = String(decoding: bytes, as: UTF8.self)
    guard try accepted({ try SyntheticDescription.check(text) }) != nil else { return }
    _ = keptOpen
    guard let count = plainCount(text), count <= 8,
      let machine = try accepted({ try Topology(synthetic: text) })
    else { return }
    let found = machine.cores.reduce(0) { $0 + $1.pus.count }
    try require(found == count, "\(found) PUs instead of \(count)")
  }

  /// hwloc loads its plugins with the first topology and unloads them with the last, which takes far
  /// longer than reading a small machine. So one stays, which nobody reads.
  nonisolated(unsafe) private static let keptOpen: hwloc_topology_t? = {
    var topology: hwloc_topology_t?
    hwloc_topology_init(&topology)
    return topology
  }()

  /// The product of the counts, where there is nothing but small letters, digits, colons and spaces.
  private static func plainCount(_ text: String) -> Int? {
    let isPlain = text.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: ":"), 0x20: true
      default: false
      }
    }
    guard isPlain else { return nil }
    // Checked already: each level ends in a count, and the product is small.
    return text.split(separator: " ").reduce(1) { product, level in
      product * (level.split(separator: ":").last.flatMap { Int($0) } ?? 0)
    }
  }
}
