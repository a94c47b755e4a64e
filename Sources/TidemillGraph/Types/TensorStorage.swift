/// A block of memory aligned to 64 bytes, zeroed when made and freed with its last reference.
///
/// Unchecked: who may write is decided by the owners (a tensor copies before it writes what is shared;
/// a session writes only what it alone holds, or what its store has locked).
package final class TensorStorage: @unchecked Sendable {
  package let bytes: UnsafeMutableRawBufferPointer

  package static let alignment = 64

  package init(byteCount: Int) {
    let start = UnsafeMutableRawPointer.allocate(
      byteCount: max(byteCount, 1), alignment: Self.alignment)
    bytes = UnsafeMutableRawBufferPointer(start: start, count: byteCount)
    bytes.initializeMemory(as: UInt8.self, repeating: 0)
  }

  package var byteCount: Int { bytes.count }

  package func copy() -> TensorStorage {
    let result = TensorStorage(byteCount: byteCount)
    result.bytes.copyMemory(from: UnsafeRawBufferPointer(bytes))
    return result
  }

  deinit { bytes.baseAddress?.deallocate() }
}
