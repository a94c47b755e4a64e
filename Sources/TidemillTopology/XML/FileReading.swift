import CPlatform
import Glibc
import TidemillGraph

extension Topology {
  /// Reads a description of a machine and proves it sound.
  ///
  /// - Throws: `TidemillError`, which names the file.
  static func checkedXML(_ path: String) throws -> [UInt8] {
    let text = try read(path)
    try checkXML(text, path: path)
    return text
  }

  /// Proves that a text describes a machine that hangs together.
  ///
  /// - Parameter path: What errors call it.
  package static func checkXML(_ text: [UInt8], path: String) throws {
    do {
      try MachineXMLCheck.check(text)
    } catch let error as XMLScanner.Malformed {
      throw TidemillError(
        .topology,
        "'\(path)' does not describe a machine "
          + "(line \(error.line): \(error.problem.printable(limit: 200))): "
          + "expected XML of hwloc 2 or later, as 'lstopo machine.xml' writes it")
    }
  }

  private static func read(_ path: String) throws -> [UInt8] {
    // The biggest machines have some MiB.
    for capacity in [1 << 18, 1 << 22, 1 << 26] {
      var length = 0
      let text = [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
        length = buffer.withMemoryRebound(to: CChar.self) {
          tidemill_read_file(path, $0.baseAddress, capacity)
        }
        count = max(0, length)
      }
      if length >= 0 { return text }
      if length == -Int(EFBIG) { continue }
      let reason = String(cString: strerror(Int32(-length)))
      throw TidemillError(.topology, "cannot read the topology file '\(path)': \(reason)")
    }
    throw TidemillError(
      .topology, "cannot read the topology file '\(path)': it has more than 64 MiB")
  }
}
