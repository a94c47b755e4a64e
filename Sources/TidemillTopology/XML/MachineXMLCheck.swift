/// Proves that a file describes a machine that hangs together, before hwloc reads it.
///
/// hwloc trusts its files: an object without its set of PUs makes it read through a null pointer
/// (2.9, found by changing bytes of good files), others make it print. A file is input of a user,
/// and no input may end the program. What is checked is what hwloc relies on: every object has its
/// sets, a child's are part of its parent's, siblings do not overlap and stand in order.
struct MachineXMLCheck {
  /// Throws what is wrong, and in which line.
  static func check(_ text: [UInt8]) throws {
    var check = MachineXMLCheck()
    var scanner = XMLScanner(text)
    while let tag = try scanner.next() { try check.take(tag) }
    try check.finish(line: text.count { $0 == UInt8(ascii: "\n") } + 1)
  }

  private typealias Malformed = XMLScanner.Malformed

  /// An element that is open, and the children it had so far.
  private struct Element {
    let name: String
    let object: Object?
    var union = PUMask()
    var lastFirst = -1
  }

  private struct Object {
    let type: String
    let cpus: PUMask
    let allCPUs: PUMask
    let nodes: PUMask
    let allNodes: PUMask
  }

  /// Deeper than any machine; hwloc goes down by recursion.
  private static let mostLevels = 64
  /// Devices and notes have no PUs.
  private static let withoutPUs: Set<String> = ["Bridge", "PCIDev", "OSDev", "Misc"]
  /// Beside the tree of cores, not in it.
  private static let memory: Set<String> = ["NUMANode", "MemCache"]

  private var open: [Element] = []
  private var types: Set<String> = []
  private var roots = 0
  private var identities: Set<String> = []

  private mutating func take(_ tag: XMLScanner.Tag) throws {
    if tag.form == .close {
      guard let last = open.popLast(), last.name == tag.name else {
        throw Malformed(line: tag.line, problem: "</\(tag.name)> without its beginning")
      }
      return
    }
    if open.isEmpty {
      roots += 1
      guard roots == 1, tag.name == "topology" else {
        throw Malformed(line: tag.line, problem: "<\(tag.name)> where <topology> is expected")
      }
      let version = tag.attributes["version"]?.split(separator: ".").first.flatMap { Int($0) }
      guard let version, version >= 2 else {
        throw Malformed(line: tag.line, problem: "the format of hwloc 1, or none of its formats")
      }
    }
    let object = try tag.name == "object" ? object(tag) : nil
    if tag.form == .open {
      guard open.count < Self.mostLevels else {
        throw Malformed(line: tag.line, problem: "more than \(Self.mostLevels) levels")
      }
      open.append(Element(name: tag.name, object: object))
    }
  }

  private func finish(line: Int) throws {
    if let last = open.last { throw Malformed(line: line, problem: "no </\(last.name)>") }
    // hwloc would print that it gives up.
    for type in ["Machine", "PU", "NUMANode"] where !types.contains(type) {
      throw Malformed(line: line, problem: "no \(type)")
    }
  }

  private mutating func object(_ tag: XMLScanner.Tag) throws -> Object? {
    func fail(_ problem: String) -> Malformed { Malformed(line: tag.line, problem: problem) }
    guard let type = tag.attributes["type"] else { throw fail("an object without a type") }
    if let identity = tag.attributes["gp_index"], !identities.insert(identity).inserted {
      throw fail("two objects with gp_index \(identity)")
    }
    guard open.count == 1 ? open[0].name == "topology" : open.last?.name == "object" else {
      throw fail("\(type) is not inside of an object")
    }
    if open.count == 1 {
      guard type == "Machine", types.isEmpty else { throw fail("\(type) beside the Machine") }
    }
    types.insert(type)
    if Self.withoutPUs.contains(type) { return nil }

    func mask(_ name: String) throws -> PUMask {
      guard let text = tag.attributes[name] else { throw fail("\(type) without \(name)") }
      guard let mask = PUMask(text) else { throw fail("\(type) with \(name) \"\(text)\"") }
      return mask
    }
    let object = Object(
      type: type, cpus: try mask("cpuset"), allCPUs: try mask("complete_cpuset"),
      nodes: try mask("nodeset"), allNodes: try mask("complete_nodeset"))
    guard object.cpus.isSubset(of: object.allCPUs), object.nodes.isSubset(of: object.allNodes)
    else {
      throw fail("\(type) with more PUs or nodes than it has in all")
    }
    try checkNumbers(tag, object, fail)
    if type == "Machine" {
      guard open.count == 1 else { throw fail("a Machine inside of another") }
      let allowed = (try mask("allowed_cpuset"), try mask("allowed_nodeset"))
      guard allowed.0.isSubset(of: object.allCPUs), allowed.1.isSubset(of: object.allNodes) else {
        throw fail("more is allowed than the Machine has")
      }
    } else {
      try checkPlace(object, fail)
    }
    return object
  }

  private func checkNumbers(
    _ tag: XMLScanner.Tag, _ object: Object, _ fail: (String) -> Malformed
  ) throws {
    let only: PUMask
    switch object.type {
    case "PU": only = object.allCPUs
    case "NUMANode": only = object.allNodes
    default: return
    }
    guard let index = tag.attributes["os_index"].flatMap({ Int($0) }), only.count == 1,
      only.first == index
    else { throw fail("\(object.type) that is not the one of its set") }
  }

  private mutating func checkPlace(_ object: Object, _ fail: (String) -> Malformed) throws {
    guard let parent = open.last?.object else { throw fail("\(object.type) inside of a device") }
    guard object.cpus.isSubset(of: parent.cpus), object.allCPUs.isSubset(of: parent.allCPUs),
      object.nodes.isSubset(of: parent.nodes), object.allNodes.isSubset(of: parent.allNodes)
    else { throw fail("\(object.type) with PUs or nodes that are not those of what it is in") }
    guard !Self.memory.contains(parent.type) || Self.memory.contains(object.type) else {
      throw fail("\(object.type) inside of memory")
    }
    if Self.memory.contains(object.type) { return }
    guard parent.type != "PU" else { throw fail("\(object.type) inside of a PU") }
    let last = open.count - 1
    guard object.allCPUs.isDisjoint(with: open[last].union) else {
      throw fail("\(object.type) that overlaps the one before")
    }
    // hwloc keeps children in the order of their first PU.
    if let first = object.allCPUs.first {
      guard first > open[last].lastFirst else { throw fail("\(object.type) out of order") }
      open[last].lastFirst = first
    }
    open[last].union.formUnion(object.allCPUs)
  }
}
