import CKernels
import Synchronization

/// What may end a run early, and how urgent it is.
package struct RunLimits {
  /// Set by whoever cancels; `nil` where nobody does.
  let cancellation: Cancellation?
  /// By `tidemill_nanoseconds`; tasks that have not begun by then are left out.
  let deadline: UInt64
  let priority: JobPriority

  package init(
    cancellation: Cancellation? = nil, deadline: UInt64 = .max, priority: JobPriority = .normal
  ) {
    self.cancellation = cancellation
    self.deadline = deadline
    self.priority = priority
  }

  package static let none = RunLimits()
}

/// A request to end a run, which may come from any thread, before the run or while it goes on.
///
/// Unchecked: an atomic word.
package final class Cancellation: @unchecked Sendable {
  let word = AtomicWords(count: 1, .apart)

  package init() {}

  deinit { word.deallocate() }

  package func cancel() { word[0].pointee.store(TM_CANCELLED.rawValue, ordering: .relaxed) }
}
