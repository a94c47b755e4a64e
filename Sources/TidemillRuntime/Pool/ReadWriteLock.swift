#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Many readers or one writer; both wait for their turn without spinning.
///
/// Unchecked: a lock is made to be shared.
package final class ReadWriteLock: @unchecked Sendable {
  private let lock = UnsafeMutablePointer<pthread_rwlock_t>.allocate(capacity: 1)

  package init() {
    lock.initialize(to: pthread_rwlock_t())
    pthread_rwlock_init(lock, nil)
  }

  package func withLock<R, E: Error>(forWriting: Bool, _ body: () throws(E) -> R) throws(E) -> R {
    if forWriting { pthread_rwlock_wrlock(lock) } else { pthread_rwlock_rdlock(lock) }
    defer { pthread_rwlock_unlock(lock) }
    return try body()
  }

  deinit {
    pthread_rwlock_destroy(lock)
    lock.deallocate()
  }
}
