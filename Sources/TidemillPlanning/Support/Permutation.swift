extension [Int] {
  /// Where each number is in a permutation of `0 ..< count`.
  package var inverse: [Int] {
    var places = self
    for (place, number) in enumerated() { places[number] = place }
    return places
  }
}
