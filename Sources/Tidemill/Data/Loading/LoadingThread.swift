import CPlatform
import Foundation
import TidemillRuntime

/// A thread that does one thing and ends.
final class LoadingThread {
  private let thread: pthread_t
  private let generation: UInt32

  private final class Work: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }

  /// Starts it; `nil` where the system has no thread.
  init?(_ body: @escaping @Sendable () -> Void) {
    generation = tidemill_fork_generation()
    let work = Unmanaged.passRetained(Work(body))
    var thread = pthread_t()
    var status: Int32 = 0
    withSignalsBlocked {
      status = pthread_create(
        &thread, nil,
        { argument in
          guard let argument else { return nil }
          tidemill_name_thread("tidemill-data")
          Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().body()
          return nil
        }, work.toOpaque())
    }
    self.thread = thread
    guard status == 0 else {
      work.release()
      return nil
    }
  }

  /// Whether the thread exists in this process, and not only in one that this is a fork of.
  var isOfThisProcess: Bool { generation == tidemill_fork_generation() }

  /// Waits for its end; a thread that is told to wait for itself ends later, by itself.
  func join() {
    if pthread_equal(thread, pthread_self()) != 0 {
      pthread_detach(thread)
    } else {
      pthread_join(thread, nil)
    }
  }
}
