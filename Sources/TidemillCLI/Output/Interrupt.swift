import Dispatch
import Foundation
import Synchronization
import Tidemill

/// What Ctrl-C does: it ends the program with exit code 130.
///
/// At once, with a clean terminal and without temporary files; or, while ``beginDeferring()`` is in
/// force, once the program has saved what it has. The second Ctrl-C ends it at once in any case.
enum Interrupt {
  private static let ends: UInt8 = 0
  private static let isDeferred: UInt8 = 1
  private static let isPending: UInt8 = 2
  private static let state = Atomic(ends)

  /// Takes over SIGINT for as long as the result lives.
  ///
  /// - Returns: `nil` where the caller of the program has it ignored, as shells do for what they run
  ///   in the background: then it stays so.
  static func watch() -> (any DispatchSourceSignal)? {
    let inherited = signal(SIGINT, SIG_IGN)
    let isIgnored = unsafeBitCast(inherited, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
    if isIgnored { return nil }
    // Its handler runs on a thread of its own, where all calls are allowed.
    let source = DispatchSource.makeSignalSource(
      signal: SIGINT, queue: DispatchQueue(label: "tidemill.interrupt"))
    source.setEventHandler { interrupt() }
    source.resume()
    return source
  }

  /// From now on the first Ctrl-C only sets ``isRequested``.
  static func beginDeferring() { state.store(isDeferred, ordering: .sequentiallyConsistent) }

  /// Whether somebody waits for the program to end.
  static var isRequested: Bool { state.load(ordering: .relaxed) == isPending }

  /// From now on Ctrl-C ends the program at once.
  ///
  /// - Returns: Whether there was one since ``beginDeferring()``: the caller ends the program.
  static func endDeferring() -> Bool {
    state.exchange(ends, ordering: .sequentiallyConsistent) == isPending
  }

  private static func interrupt() {
    let (wasDeferred, _) = state.compareExchange(
      expected: isDeferred, desired: isPending, ordering: .sequentiallyConsistent)
    if !wasDeferred { end() }
  }

  /// Takes no lock that another thread may hold for long: what that waits for may never come.
  private static func end() {
    Output.endLiveLineUnlessBusy()
    for _ in 0..<100 {
      UnfinishedFiles.removeAll { _exit(ExitStatus.interrupted) }
      usleep(1_000)
    }
    _exit(ExitStatus.interrupted)
  }
}

/// Ends the program by an interrupt, with something to say.
struct Interrupted: Error {
  let message: String
}
