import CTestSupport
import Foundation

/// Runs the body on as many threads of their own, at once, waits for all and returns the results.
///
/// By pthreads, as ThreadSanitizer sees how they are joined.
func onThreads<R: Sendable>(_ count: Int, _ body: @escaping @Sendable (Int) -> R) -> [R?] {
  let results = UnsafeMutablePointer<R?>.allocate(capacity: count)
  results.initialize(repeating: nil, count: count)
  defer {
    results.deinitialize(count: count)
    results.deallocate()
  }
  let starts = (0..<count).map { index in ThreadStart { results[index] = body(index) } }
  let threads = starts.map { start in
    var thread = pthread_t()
    let status = pthread_create(
      &thread, nil,
      { argument in
        guard let argument else { return nil }
        Unmanaged<ThreadStart>.fromOpaque(argument).takeUnretainedValue().run()
        return nil
      }, Unmanaged.passUnretained(start).toOpaque())
    return status == 0 ? thread : nil
  }
  for case let thread? in threads { pthread_join(thread, nil) }
  // The threads hold no reference of their own.
  return withExtendedLifetime(starts) { (0..<count).map { results[$0] } }
}

private final class ThreadStart {
  let run: () -> Void
  init(run: @escaping () -> Void) { self.run = run }
}

/// The letter by which the kernel tells the state of a thread of this process, such as S for one
/// that sleeps; `nil` if there is no such thread.
func threadState(_ thread: UInt64) -> Character? {
  let stat = try? String(contentsOfFile: "/proc/self/task/\(thread)/stat", encoding: .utf8)
  // The name in parentheses before it may hold anything.
  return stat?.split(separator: ")").last?.first { $0 != " " }
}

/// Of so many rounds, those that a test makes: under a sanitizer, where each takes a hundred times as long, a tenth.
func rounds(_ count: Int) -> Int { ctest_sanitized() ? (count + 9) / 10 : count }

/// Looks again and again, for some seconds at most.
func eventually(_ condition: () -> Bool) -> Bool {
  for _ in 0..<2000 {
    if condition() { return true }
    usleep(5000)
  }
  return false
}
