/// A set of small numbers as hwloc writes it: `0x000000ff,0xffffffff`, the highest word first.
struct PUMask: Equatable {
  private var words: [UInt32] = []

  /// `nil` where the text is no such set, or one without an end (`0xf...f`), or one of numbers that
  /// no machine has.
  init?(_ text: String) {
    let parts = text.split(separator: ",", omittingEmptySubsequences: false)
    guard !parts.isEmpty, parts.count <= SyntheticDescription.mostPUs / 32 else { return nil }
    for part in parts.reversed() {
      // hwloc leaves out the digits of a word that is 0.
      if part.isEmpty || part == "0x" {
        words.append(0)
        continue
      }
      guard part.hasPrefix("0x"), part.utf8.count <= 10, part.utf8.dropFirst(2).first != 0x2B,
        let word = UInt32(part.dropFirst(2), radix: 16)
      else { return nil }
      words.append(word)
    }
    while words.last == 0 { words.removeLast() }
  }

  init() {}

  var isEmpty: Bool { words.isEmpty }
  var count: Int { words.reduce(0) { $0 + $1.nonzeroBitCount } }

  var first: Int? {
    words.firstIndex { $0 != 0 }.map { $0 * 32 + words[$0].trailingZeroBitCount }
  }

  func isSubset(of other: PUMask) -> Bool {
    words.count <= other.words.count && zip(words, other.words).allSatisfy { $0 & ~$1 == 0 }
  }

  func isDisjoint(with other: PUMask) -> Bool {
    zip(words, other.words).allSatisfy { $0 & $1 == 0 }
  }

  mutating func formUnion(_ other: PUMask) {
    for (index, word) in other.words.enumerated() {
      if index < words.count { words[index] |= word } else { words.append(word) }
    }
  }
}
