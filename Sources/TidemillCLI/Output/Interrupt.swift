import Dispatch
import Foundation

/// Leaves the terminal clean when the user interrupts with Ctrl-C.
struct Interrupt {
  /// Its handler runs on a thread of its own, where all calls are allowed.
  private let source: any DispatchSourceSignal

  /// Takes over SIGINT, for as long as the value lives.
  init() {
    signal(SIGINT, SIG_IGN)
    source = DispatchSource.makeSignalSource(
      signal: SIGINT, queue: DispatchQueue(label: "tidemill.interrupt"))
    source.setEventHandler {
      Output.endLiveLine()
      _exit(ExitStatus.interrupted)
    }
    source.resume()
  }
}
