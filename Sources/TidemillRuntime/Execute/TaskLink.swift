/// A task at one end of an edge: in the same lap, or in the one before (for a wait) or after (for a successor).
struct TaskLink {
  private let bits: UInt32

  /// - Parameter laps: How many laps lie between the ends: 0 or 1.
  init(place: UInt32, laps: UInt32) { bits = place | laps << 31 }

  @inline(__always)
  var place: Int { Int(bits & 0x7fff_ffff) }

  @inline(__always)
  var laps: UInt32 { bits >> 31 }
}
