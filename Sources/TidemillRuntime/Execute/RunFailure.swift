import CKernels

/// Why a run failed: what the first kernel to fail wrote.
package struct RunFailure: Error, Equatable, Sendable {
  package let code: tm_failure_code
  /// Position in `TaskGraph.calls`.
  package let call: Int
  /// Which element.
  package let position: Int
  /// What was there, and what it had to be less than, where `code` has such.
  package let value: Int
  package let limit: Int
  /// Of the lap that failed.
  package let step: UInt64

  /// `nil` for a record that says all is well.
  init?(_ record: tm_failure) {
    guard record.code != TM_OK.rawValue else { return nil }
    code = tm_failure_code(rawValue: record.code)
    call = Int(record.call)
    position = Int(record.position)
    value = Int(record.value)
    limit = Int(record.limit)
    step = record.step
  }
}
