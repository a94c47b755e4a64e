import Foundation
import Synchronization

/// The temporary files of writes that are under way, so that a program that ends in the middle of
/// one, as at Ctrl-C, leaves none behind.
package enum UnfinishedFiles {
  private static let paths = Mutex<Set<String>>([])

  /// Makes a file by `open` and remembers it, as one step to ``removeAll(andEnd:)``.
  ///
  /// - Returns: What `open` returns: a descriptor, or a negative number for failure.
  static func create(_ path: String, open: () -> Int32) -> Int32 {
    paths.withLock { paths in
      let descriptor = open()
      if descriptor >= 0 { paths.insert(path) }
      return descriptor
    }
  }

  /// Forgets a file that was removed or has got its name.
  static func forget(_ path: String) {
    paths.withLock { _ = $0.remove(path) }
  }

  /// Removes all files and ends the program; no write can begin in between.
  ///
  /// Returns only where a file is being made at this moment: try again. It never waits, so that a
  /// folder that does not answer cannot keep the program from ending.
  package static func removeAll(andEnd end: () -> Never) {
    paths.withLockIfAvailable { paths in
      for path in paths { unlink(path) }
      end()
    }
  }
}
