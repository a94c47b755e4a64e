import Foundation
import Synchronization

/// Runs jobs side by side such that the result is that of running them one after the other.
enum Race {
  /// The first job, in their order, that succeeds.
  ///
  /// Later ones are not begun once it is known; what they found is dropped.
  ///
  /// - Parameters:
  ///   - jobs: How many there are.
  ///   - threads: How many threads run them.
  ///   - body: Runs the job of an index; whether it succeeded.
  /// - Returns: The index of that job; `nil` where none succeeded.
  static func first(
    of jobs: Int, threads: Int, _ body: @escaping @Sendable (Int) -> Bool
  ) -> Int? {
    let next = Atomic(0)
    let winner = Atomic(Int.max)
    let shared = Shared(next: next, winner: winner, jobs: jobs, body: body)
    let done = DispatchGroup()
    for _ in 0..<max(1, min(threads, jobs)) {
      done.enter()
      let thread = Thread {
        shared.work()
        done.leave()
      }
      // Searches go a level deeper for each buffer or operation.
      thread.stackSize = 1 << 28
      thread.start()
    }
    done.wait()
    let index = shared.winner.load(ordering: .acquiring)
    return index == .max ? nil : index
  }

  private final class Shared: Sendable {
    let next: Atomic<Int>
    let winner: Atomic<Int>
    let jobs: Int
    let body: @Sendable (Int) -> Bool

    init(
      next: consuming Atomic<Int>, winner: consuming Atomic<Int>, jobs: Int,
      body: @escaping @Sendable (Int) -> Bool
    ) {
      self.next = next
      self.winner = winner
      self.jobs = jobs
      self.body = body
    }

    func work() {
      while true {
        let job = next.add(1, ordering: .relaxed).oldValue
        guard job < jobs, job < winner.load(ordering: .relaxed) else { return }
        if body(job) { winner.min(job, ordering: .releasing) }
      }
    }
  }
}
