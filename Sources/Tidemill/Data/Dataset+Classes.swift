import TidemillGraph

extension Dataset {
  /// Classes that labels may tell apart where nobody says how many there are.
  package static let maximumClasses = 1 << 16

  /// The largest label and one more.
  ///
  /// A damaged label can be far above all others, and the network would get outputs for hundreds of
  /// classes that do not exist. Such a label has a gap below it, so a gap is an error. Class 0 may be
  /// empty: labels of some sets, as of EMNIST's letters, count from 1.
  ///
  /// - Parameters:
  ///   - labels: int32.
  ///   - name: What errors call the labels: their file.
  ///   - loader: The function that can be told the number of classes.
  /// - Throws: `data`, with the sample and the class that has none, or where there are very many.
  package static func classCount(of labels: Tensor, name: String, loader: String) throws -> Int {
    try labels.withScalars(as: Int32.self) { labels in
      let largest = Int(max(labels.max() ?? 0, 0))
      let seen = Set(labels)
      if largest > 1, let missing = (1..<Int32(largest)).first(where: { !seen.contains($0) }) {
        let sample = labels.firstIndex { $0 > missing } ?? 0
        throw TidemillError(
          .data,
          "\(name): sample \(sample) has the label \(labels[sample]), but no sample has the label "
            + "\(missing): where nobody says how many classes there are, each class below the "
            + "largest label needs samples. Correct the label, number the classes without gaps, or "
            + "give the number of classes to \(loader).")
      }
      guard largest < maximumClasses else {
        throw TidemillError(
          .data,
          "\(name): has labels up to \(largest), but where nobody says how many classes there are, "
            + "there are at most \(maximumClasses). Give the number of classes to \(loader).")
      }
      return largest + 1
    }
  }
}
