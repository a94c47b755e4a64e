/// Finds what somebody may have meant.
package enum NearestName {
  /// Longer names are not looked at.
  private static let longest = 24

  /// The name that the fewest changes of letters lead to, where they are few.
  package static func nearest(to name: String, among names: some Sequence<String>) -> String? {
    guard name.count <= longest else { return nil }
    let lowered = name.lowercased()
    let distances = names.map { (name: $0, distance: changes(lowered, $0)) }
    let best = distances.min { ($0.distance, $0.name) < ($1.distance, $1.name) }
    return best.flatMap { $0.distance <= max(1, name.count / 3) ? $0.name : nil }
  }

  /// How many letters must be put in, left out or changed.
  ///
  /// **Source**: Levenshtein: Binary codes capable of correcting deletions, insertions, and reversals, 1966.
  private static func changes(_ lhs: String, _ rhs: String) -> Int {
    let rhs = Array(rhs)
    var row = Array(0...rhs.count)
    for (index, left) in lhs.enumerated() {
      var diagonal = row[0]
      row[0] = index + 1
      for (column, right) in rhs.enumerated() {
        let changed = diagonal + (left == right ? 0 : 1)
        diagonal = row[column + 1]
        row[column + 1] = min(changed, row[column] + 1, row[column + 1] + 1)
      }
    }
    return row[rhs.count]
  }
}
