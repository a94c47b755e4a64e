/// A loader that any bytes at all are thrown at, and what must hold of what it makes of them.
///
/// A loader may take bytes or refuse them. What it takes it must give back: written and read again it
/// is the same. What it refuses it must explain (``accepted(lines:_:)``). Beyond that nothing may
/// crash, hang, or take much more memory than the bytes have, which is for libFuzzer to see.
package struct FuzzTarget: Sendable {
  /// What it is called, and the folder of its corpus.
  package let name: String
  private let body: @Sendable ([UInt8]) throws -> Void

  init(_ name: String, _ body: @escaping @Sendable ([UInt8]) throws -> Void) {
    self.name = name
    self.body = body
  }

  /// Proves what must hold of some bytes.
  ///
  /// - Throws: what does not: a ``FuzzFinding``, or an error that no loader should throw.
  package func check(_ bytes: [UInt8]) throws { try body(bytes) }

  /// All targets.
  package static let all: [FuzzTarget] = [
    .gzip, .idx, .csv, .json, .npy, .npz, .safetensors, .checkpoint, .picture, .expression,
    .explain, .xml, .synthetic, .stg,
  ]

  /// The target of a name.
  package init?(_ name: String) {
    guard let target = Self.all.first(where: { $0.name == name }) else { return nil }
    self = target
  }
}

/// Something that must hold and does not.
package struct FuzzFinding: Error, CustomStringConvertible {
  package let description: String
  init(_ description: String) { self.description = description }
}

/// Throws a finding unless something holds.
func require(_ holds: Bool, _ finding: @autoclosure () -> String) throws {
  guard holds else { throw FuzzFinding(finding()) }
}
