import Foundation
import TidemillGraph

/// Batches on their way from the thread that makes them to the one that uses them, and their memory on
/// its way back.
///
/// Unchecked: everything that changes is looked at under the lock.
final class BatchQueue: @unchecked Sendable {
  private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  /// One for each side: there is room, or there is a batch.
  private let hasRoom = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private let hasNews = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private let ahead: Int
  private var ready: [Batch] = []
  private var spare: [Batch] = []
  private var isFinished = false
  private var isStopped = false
  private var error: (any Error)?
  private var allocated = 0

  /// - Parameters:
  ///   - ahead: The most batches that wait.
  ///   - spare: The most batches whose memory comes back.
  init(ahead: Int, spare: Int) {
    self.ahead = ahead
    ready.reserveCapacity(ahead)
    self.spare.reserveCapacity(spare)
    lock.initialize(to: pthread_mutex_t())
    pthread_mutex_init(lock, nil)
    for condition in [hasRoom, hasNews] {
      condition.initialize(to: pthread_cond_t())
      pthread_cond_init(condition, nil)
    }
  }

  deinit {
    pthread_mutex_destroy(lock)
    lock.deallocate()
    for condition in [hasRoom, hasNews] {
      pthread_cond_destroy(condition)
      condition.deallocate()
    }
  }

  /// How often memory for a batch was allocated.
  var allocations: Int { locked { allocated } }

  /// Allocates memory for batches of a number of samples.
  func reserve(_ count: Int, for indices: ArraySlice<Int>, of dataset: Dataset) {
    locked {
      for _ in 0..<count { spare.append(Batch(of: dataset, indices)) }
      allocated += count
    }
  }

  // MARK: The thread that makes batches

  /// Waits until fewer than `ahead` batches are ready.
  ///
  /// - Returns: Whether another one is wanted.
  func waitForRoom() -> Bool {
    locked {
      while ready.count >= ahead && !isStopped { pthread_cond_wait(hasRoom, lock) }
      return !isStopped
    }
  }

  /// Hands over a batch, for which there is room.
  func put(_ batch: consuming Batch) {
    pthread_mutex_lock(lock)
    ready.append(batch)
    pthread_cond_signal(hasNews)
    pthread_mutex_unlock(lock)
  }

  /// Says that there are no more batches, and why if not for the end.
  func finish(_ error: (any Error)?) {
    locked {
      self.error = error
      isFinished = true
      pthread_cond_signal(hasNews)
    }
  }

  /// A batch to be overwritten, of a number of samples of a data set.
  func memory(for indices: ArraySlice<Int>, of dataset: Dataset) -> Batch {
    pthread_mutex_lock(lock)
    defer { pthread_mutex_unlock(lock) }
    // A mapping may have given back something else.
    while let batch = spare.popLast() {
      if batch.hasRoom(for: indices.count, of: dataset) { return batch }
    }
    allocated += 1
    return Batch(of: dataset, indices)
  }

  // MARK: The thread that uses them

  /// The next batch, or `nil` after the last.
  ///
  /// - Throws: why there are no more, once.
  func take() throws -> Batch? {
    pthread_mutex_lock(lock)
    defer { pthread_mutex_unlock(lock) }
    while ready.isEmpty && !isFinished { pthread_cond_wait(hasNews, lock) }
    if !ready.isEmpty {
      pthread_cond_signal(hasRoom)
      return ready.removeFirst()
    }
    guard let error else { return nil }
    self.error = nil
    throw error
  }

  /// Takes back memory that nobody else holds. A smaller last batch is not used again.
  func giveBack(_ batch: consuming Batch) {
    pthread_mutex_lock(lock)
    spare.append(batch)
    pthread_mutex_unlock(lock)
  }

  /// Says that no more batches are wanted.
  func stop() {
    locked {
      isStopped = true
      pthread_cond_signal(hasRoom)
    }
  }

  private func locked<R>(_ body: () -> R) -> R {
    pthread_mutex_lock(lock)
    defer { pthread_mutex_unlock(lock) }
    return body()
  }
}
