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

  private let release: @Sendable (UnsafeMutableRawBufferPointer) -> Void

  package static let alignment = 64

  /// Takes over memory that is zeroed and aligned.
  ///
  /// - Parameter release: Gives it back.
  package init(
    _ bytes: UnsafeMutableRawBufferPointer,
    release: @escaping @Sendable (UnsafeMutableRawBufferPointer) -> Void
  ) {
    (self.bytes, self.release) = (bytes, release)
  }

  /// - Throws: `out-of-memory` where the system refuses.
  package init(byteCount: Int) throws(TidemillError) {
    var start: UnsafeMutableRawPointer?
    guard posix_memalign(&start, Self.alignment, max(byteCount, 1)) == 0, let start else {
      throw Self.noMemory(byteCount)
    }
    bytes = UnsafeMutableRawBufferPointer(start: start, count: byteCount)
    release = Self.freed
    bytes.initializeMemory(as: UInt8.self, repeating: 0)
  }

  package static func noMemory(_ byteCount: Int) -> TidemillError {
    TidemillError(
      .outOfMemory,
      "The system has no memory for \(byteCount) bytes; use smaller batches or a smaller network.")
  }

  private static let freed: @Sendable (UnsafeMutableRawBufferPointer) -> Void = {
    free($0.baseAddress)
  }

  /// Memory that is small beside what is there already, such as a number, or one batch of a data set:
  /// where even that is refused, the process ends, as at any Swift allocation.
  package init(small byteCount: Int) {
    bytes = .allocate(byteCount: max(byteCount, 1), alignment: Self.alignment)
    release = Self.freed
    bytes.initializeMemory(as: UInt8.self, repeating: 0)
  }

  package var byteCount: Int { bytes.count }

  package func copy() throws(TidemillError) -> TensorStorage {
    let result = try TensorStorage(byteCount: byteCount)
    result.bytes.copyMemory(from: UnsafeRawBufferPointer(bytes))
    return result
  }

  deinit { release(bytes) }
}
