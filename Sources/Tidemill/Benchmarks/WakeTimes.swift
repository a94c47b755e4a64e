import CKernels
import CPlatform
import Foundation
import Synchronization
import TidemillCompiler
import TidemillGraph
import TidemillRuntime
import TidemillTopology

/// How long it takes from the start of a run to the first task of a thread that slept, and how long a bare wake of a
/// thread takes beside it.
package struct WakeTimes: Sendable {
  /// In seconds.
  package struct Percentiles: Sendable {
    package let median: Double
    package let p99: Double

    init(_ nanoseconds: [UInt64]) {
      let sorted = nanoseconds.sorted()
      median = Double(sorted[sorted.count / 2]) * 1e-9
      p99 = Double(sorted[sorted.count * 99 / 100]) * 1e-9
    }
  }

  package let run: Percentiles
  package let bareWake: Percentiles

  /// Measures in turn, on a thread that is pinned beside the one that sleeps: a thread may else be woken on the waker's
  /// own PU, which takes no signal to another one.
  ///
  /// - Parameter repetitions: At least 1; a millisecond each.
  /// - Throws: `argument` where there is one thread only.
  package init(repetitions: Int) throws {
    let threads = Pool.mostUseful()
    guard threads > 1 else {
      throw TidemillError(.argument, "There is one core; nobody can be woken beside the caller.")
    }
    let pus = PU.allowedToProcess()
    let result = OnceBox<Result<[[UInt64]], any Error>>()
    let ended = DispatchSemaphore(value: 0)
    Thread.detachNewThread {
      _ = tidemill_pin_thread(Int32(pus[0].rawValue))
      result.value = Result { try Self.measure(repetitions, sleeperPU: pus[1]) }
      ended.signal()
    }
    ended.wait()
    let times = try result.value?.get() ?? []
    run = Percentiles(times[0])
    bareWake = Percentiles(times[1])
  }

  private static func measure(_ repetitions: Int, sleeperPU: PU) throws -> [[UInt64]] {
    let sleeper = FutexSleeper(sleeperPU)
    defer { sleeper.end() }
    let storage = ArgumentStorage()
    let encoder = ArgumentEncoder(storage: storage, call: 0) { _ in Place(slot: 0, offset: 0) }
    let tasks = (0..<2).map { worker in
      TaskGraph.Task(
        kernel: stampTime, arguments: encoder.store(Int64(worker)), call: 0, seconds: 1e-3,
        writesState: false, mayFail: false, reads: [], writes: [])
    }
    let graph = TaskGraph(
      tasks: tasks, calls: [], successorStarts: [0, 0, 0], successors: [],
      predecessorCounts: [0, 0], homes: [0, 1], workspaceBytes: 0, runsOnCaller: false,
      storage: storage)
    let execution = try Execution(graph, pool: .shared(threads: 2), workers: 2)
    let memory = try TensorStorage(byteCount: 2 * MemoryLayout<UInt64>.size)
    var (runs, wakes): ([UInt64], [UInt64]) = ([], [])
    for _ in 0..<max(repetitions, 1) {
      // Longer than anybody spins.
      usleep(500)
      wakes.append(sleeper.wake())
      usleep(500)
      let start = tidemill_nanoseconds()
      _ = withUnsafePointer(to: memory.bytes.baseAddress) {
        execution.run(bases: $0, seed: 0, step: 0)
      }
      let stamp = memory.bytes.load(fromByteOffset: 8, as: UInt64.self)
      runs.append(stamp > start ? stamp - start : 0)
    }
    return [runs, wakes]
  }
}

/// Written by one thread, then read by another.
///
/// Unchecked: a semaphore lies between.
private final class OnceBox<Value>: @unchecked Sendable {
  var value: Value?
}

/// Writes down when it runs. The caller's one waits for the other, or it would do that too.
private let stampTime: tm_kernel = { frame, raw in
  guard let memory = frame?.pointee.bases?[0], let worker = raw?.load(as: Int64.self) else {
    return
  }
  let stamps = memory.assumingMemoryBound(to: Atomic<UInt64>.self)
  let now = tidemill_nanoseconds()
  stamps[Int(worker)].store(now, ordering: .relaxed)
  guard worker == 0 else { return }
  while stamps[1].load(ordering: .relaxed) < now && tidemill_nanoseconds() < now + 5_000_000 {
    tidemill_pause()
  }
}

/// A thread that sleeps on a word and writes down when it was woken.
///
/// Unchecked: the words are atomic.
private final class FutexSleeper: @unchecked Sendable {
  private let word = UnsafeMutablePointer<Atomic<UInt32>>.allocate(capacity: 1)
  private let stamp = UnsafeMutablePointer<Atomic<UInt64>>.allocate(capacity: 1)
  private let hasEnded = DispatchSemaphore(value: 0)
  private static let ending = UInt32.max

  init(_ pu: PU) {
    word.initialize(to: Atomic(0))
    stamp.initialize(to: Atomic(0))
    Thread.detachNewThread { [self] in
      _ = tidemill_pin_thread(Int32(pu.rawValue))
      var seen: UInt32 = 0
      while true {
        _ = tidemill_futex_wait(word, seen, -1)
        let now = word.pointee.load(ordering: .acquiring)
        if now == Self.ending { break }
        if now == seen { continue }
        seen = now
        stamp.pointee.store(tidemill_nanoseconds(), ordering: .releasing)
      }
      hasEnded.signal()
    }
  }

  deinit {
    word.deallocate()
    stamp.deallocate()
  }

  /// - Returns: Nanoseconds until the thread runs.
  func wake() -> UInt64 {
    let start = tidemill_nanoseconds()
    word.pointee.wrappingAdd(1, ordering: .releasing)
    _ = tidemill_futex_wake(word, 1)
    while true {
      let end = stamp.pointee.load(ordering: .acquiring)
      if end > start { return end - start }
      tidemill_pause()
    }
  }

  func end() {
    word.pointee.store(Self.ending, ordering: .releasing)
    _ = tidemill_futex_wake(word, 1)
    hasEnded.wait()
  }
}
