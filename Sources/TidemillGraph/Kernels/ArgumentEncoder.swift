import CKernels

/// Immutable memory for the arguments of tasks: filled while an executable is made, freed with it.
///
/// Unchecked: nothing is written after the executable is complete.
package final class ArgumentStorage: @unchecked Sendable {
  private var chunks: [UnsafeMutableRawBufferPointer] = []
  private var used = 0

  package init() {}

  fileprivate func allocate(byteCount: Int, alignment: Int) -> UnsafeMutableRawPointer {
    used = (used + alignment - 1) / alignment * alignment
    if let chunk = chunks.last, used + byteCount <= chunk.count, let base = chunk.baseAddress {
      defer { used += byteCount }
      return base + used
    }
    let start = UnsafeMutableRawPointer.allocate(
      byteCount: max(byteCount, 1 << 16), alignment: 64)
    chunks.append(.init(start: start, count: max(byteCount, 1 << 16)))
    used = byteCount
    return start
  }

  deinit { for chunk in chunks { chunk.baseAddress?.deallocate() } }
}

/// Writes the argument structures of kernels, with every buffer at the place the plan gave it.
package struct ArgumentEncoder: ~Copyable {
  private let storage: ArgumentStorage
  private let place: (BufferID) -> Place
  /// The number under which kernels report a failure of this call.
  package let call: UInt32

  package init(
    storage: ArgumentStorage, call: Int, place: @escaping (BufferID) -> Place
  ) {
    self.storage = storage
    self.place = place
    self.call = UInt32(truncatingIfNeeded: call)
  }

  /// Where the first element of a view lies.
  package func reference(to view: View) -> tm_ref {
    let place = place(view.buffer)
    return tm_ref(
      offset: UInt64(place.offset + view.offset * view.dtype.size),
      slot: UInt32(truncatingIfNeeded: place.slot))
  }

  package func store<T: BitwiseCopyable>(_ value: T) -> UnsafeRawPointer {
    let memory = storage.allocate(
      byteCount: MemoryLayout<T>.size, alignment: MemoryLayout<T>.alignment)
    memory.storeBytes(of: value, as: T.self)
    return UnsafeRawPointer(memory)
  }

  package func store<T: BitwiseCopyable>(_ values: [T]) -> UnsafePointer<T> {
    let memory = storage.allocate(
      byteCount: MemoryLayout<T>.stride * values.count, alignment: MemoryLayout<T>.alignment)
    let typed = memory.bindMemory(to: T.self, capacity: values.count)
    typed.initialize(from: values, count: values.count)
    return UnsafePointer(typed)
  }
}
