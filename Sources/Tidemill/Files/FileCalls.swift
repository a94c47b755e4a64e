import Foundation

/// The system calls by which a file is written, so that a test can make each of them fail.
///
/// Every call returns a negative number for failure and leaves the reason in `errno`.
package struct FileCalls: Sendable {
  /// Writes bytes to a descriptor and returns how many it took.
  package var write: @Sendable (Int32, UnsafeRawPointer, Int) -> Int
  /// Brings a descriptor's bytes to the disk.
  package var synchronize: @Sendable (Int32) -> Int32
  /// Gives a file another name, replacing what had that name.
  package var rename: @Sendable (_ from: String, _ to: String) -> Int32

  /// Calls that do what they say.
  package init(
    write: @escaping @Sendable (Int32, UnsafeRawPointer, Int) -> Int = {
      Foundation.write($0, $1, $2)
    },
    synchronize: @escaping @Sendable (Int32) -> Int32 = { fsync($0) },
    rename: @escaping @Sendable (String, String) -> Int32 = { Foundation.rename($0, $1) }
  ) {
    self.write = write
    self.synchronize = synchronize
    self.rename = rename
  }
}
