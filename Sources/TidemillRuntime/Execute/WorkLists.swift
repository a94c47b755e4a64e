import Synchronization
import TidemillCompiler

/// Which tasks each worker goes through, and which of them are claimed.
///
/// A list for each worker, in the order of the task graph. A claim is the number of the run, written by whoever changes
/// it from another number, so that they are not set back between runs. Claims lie in the order of the lists.
struct WorkLists {
  let workers: Int
  /// Tasks, list by list.
  private let tasks: UnsafeMutablePointer<UInt32>
  /// List `w` is `starts[w] ..< starts[w + 1]`; `starts[workers]` is the number of tasks.
  private let starts: UnsafeMutablePointer<Int>
  /// By place in `tasks`.
  private let claims: AtomicWords
  /// For each list a place before which every task is claimed, to begin a search at. Any earlier place is as true.
  private let heads: AtomicWords
  private var run: UInt32 = 0

  init(_ graph: TaskGraph, workers: Int) {
    self.workers = workers
    let count = graph.tasks.count
    var lists = [[UInt32]](repeating: [], count: workers)
    for task in 0..<count { lists[Int(graph.homes[task]) % workers].append(UInt32(task)) }
    tasks = .allocate(capacity: max(count, 1))
    tasks.initialize(from: Array(lists.joined()), count: count)
    starts = .allocate(capacity: workers + 1)
    starts.initialize(to: 0)
    for (worker, list) in lists.enumerated() {
      (starts + worker + 1).initialize(to: starts[worker] + list.count)
    }
    claims = AtomicWords(count: max(count, 1), .dense)
    heads = AtomicWords(count: workers, .apart)
  }

  func deallocate() {
    tasks.deallocate()
    starts.deallocate()
    claims.deallocate()
    heads.deallocate()
  }

  /// Begins a run: nothing is claimed. Plain and relaxed memory operations: no helper is in the job, and opening it
  /// publishes them.
  mutating func begin() {
    run &+= 1
    for worker in 0..<workers {
      heads[worker].pointee.store(UInt32(starts[worker]), ordering: .relaxed)
    }
  }

  @inline(__always)
  func places(of worker: Int) -> (first: Int, end: Int) { (starts[worker], starts[worker + 1]) }

  @inline(__always)
  func task(at place: Int) -> Int { Int(tasks[place]) }

  @inline(__always)
  func isClaimed(_ place: Int) -> Bool {
    claims[place].pointee.load(ordering: .relaxed) == run
  }

  /// Claims a task; false where another worker was faster. Relaxed: what the task needs comes with its counter.
  @inline(__always)
  func claim(_ place: Int) -> Bool {
    claims[place].pointee.exchange(run, ordering: .relaxed) != run
  }

  /// Where the search in a list begins.
  @inline(__always)
  func head(of worker: Int) -> Int { Int(heads[worker].pointee.load(ordering: .relaxed)) }

  /// Says that every task of a list before a place is claimed.
  @inline(__always)
  func advance(_ worker: Int, to place: Int) {
    heads[worker].pointee.store(UInt32(truncatingIfNeeded: place), ordering: .relaxed)
  }
}
