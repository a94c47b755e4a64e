import CPlatform
import Foundation

/// The physical memory of this process.
enum ResidentMemory {
  /// The most so far, in bytes, or since the last reset; 0 if unknown.
  static func peak() -> UInt64 { tidemill_peak_resident_bytes() }

  /// Begins a new peak where the system can (`man 5 proc_pid_clear_refs`), so that one workload
  /// does not show the memory of those before it.
  static func resetPeak() {
    let file = open("/proc/self/clear_refs", O_WRONLY | O_CLOEXEC)
    guard file >= 0 else { return }
    _ = write(file, "5", 1)
    close(file)
  }
}
