import Foundation

/// Numbers as people read them; the same in every locale.
package enum NumberText {
  /// With as many decimals.
  package static func fixed(_ value: Double, _ decimals: Int) -> String {
    String(format: "%.\(decimals)f", value)
  }

  /// With as many significant digits, and an exponent where it is far from 1.
  package static func significant(_ value: Double, _ digits: Int = 4) -> String {
    String(format: "%.\(digits)g", value)
  }

  /// A share as percent: `97.50 %`.
  package static func percent(_ share: Double, _ decimals: Int = 2) -> String {
    "\(fixed(share * 100, decimals)) %"
  }

  /// A whole number with a comma between thousands: `43,140`.
  package static func grouped(_ value: Double) -> String {
    guard value.isFinite, abs(value) < 1e18 else { return "\(value)" }
    let digits = Array("\(Int(value.rounded().magnitude))")
    let groups = digits.enumerated().map { index, digit in
      (index > 0 && (digits.count - index) % 3 == 0 ? "," : "") + String(digit)
    }
    return (value <= -0.5 ? "-" : "") + groups.joined()
  }

  /// A count in at most nine characters: `1,048,576`, and `16.78 M` from ten millions on.
  package static func count(_ value: Double) -> String {
    if value < 1e7 { return grouped(value) }
    let unit = min(Int(log10(value)) / 3, 6)
    let scaled = value / pow(1000, Double(unit))
    return scaled < 1000
      ? "\(significant(scaled)) \(["", "k", "M", "G", "T", "P", "E"][unit])"
      : significant(value, 3)
  }

  /// Bytes in the largest unit that leaves 1 or more: `1.5 MiB`.
  package static func bytes(_ count: Int) -> String {
    let units = ["B", "KiB", "MiB", "GiB", "TiB"]
    let unit = units.indices.last { count >> (10 * $0) > 0 } ?? 0
    if unit == 0 { return "\(count) B" }
    return "\(significant(Double(count) / Double(1 << (10 * unit)))) \(units[unit])"
  }

  /// A time of seconds up to hours: `0.42 s`, `75 s`, `12 min`.
  package static func duration(_ seconds: Double) -> String {
    guard seconds.isFinite else { return "?" }
    if seconds < 10 { return "\(fixed(seconds, seconds < 1 ? 2 : 1)) s" }
    if seconds < 120 { return "\(fixed(seconds, 0)) s" }
    return seconds < 7200
      ? "\(fixed(seconds / 60, 0)) min" : "\(fixed(seconds / 3600, 1)) h"
  }
}
