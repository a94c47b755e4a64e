#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

extension TidemillError.Code {
  /// The system has no more memory.
  public static let outOfMemory = Self("out-of-memory")
}

/// A block of memory aligned to 64 bytes, zeroed when made and freed with its last reference.
///
/// Unchecked: who may write is decided by the owners (a tensor copies before it writes what is shared;
/// a session writes only what it alone holds, or what its store has locked).
package final class TensorStorage: @unchecked Sendable {
  package let bytes: UnsafeMutableRawBufferPointer

  package static let alignment = 64

  /// - Throws: `out-of-memory` where the system refuses.
  package init(byteCount: Int) throws(TidemillError) {
    var start: UnsafeMutableRawPointer?
    guard posix_memalign(&start, Self.alignment, max(byteCount, 1)) == 0, let start else {
      throw TidemillError(
        .outOfMemory,
        "The system has no memory for \(byteCount) bytes; use smaller batches or a smaller network."
      )
    }
    bytes = UnsafeMutableRawBufferPointer(start: start, count: byteCount)
    bytes.initializeMemory(as: UInt8.self, repeating: 0)
  }

  /// Memory that is small beside what is there already, such as a number, or one batch of a data set:
  /// where even that is refused, the process ends, as at any Swift allocation.
  package init(small byteCount: Int) {
    bytes = .allocate(byteCount: max(byteCount, 1), alignment: Self.alignment)
    bytes.initializeMemory(as: UInt8.self, repeating: 0)
  }

  package var byteCount: Int { bytes.count }

  package func copy() throws(TidemillError) -> TensorStorage {
    let result = try TensorStorage(byteCount: byteCount)
    result.bytes.copyMemory(from: UnsafeRawBufferPointer(bytes))
    return result
  }

  deinit { free(bytes.baseAddress) }
}
