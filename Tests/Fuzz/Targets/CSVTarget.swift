import Tidemill

extension FuzzTarget {
  /// CSV text, with a header and without: the numbers that were read are read again from a text of
  /// them alone.
  static let csv = FuzzTarget("csv") { bytes in
    for (label, hasHeader) in [(CSVColumn.name("label"), true), (.index(0), false)] {
      let read = try accepted {
        try CSVFile.parse(bytes, name: "f", label: label, hasHeader: hasHeader)
      }
      guard let read else { continue }
      let again = try CSVFile.parse(text(read), name: "f", label: 0, hasHeader: false)
      try require(
        again.images.hasSameBits(as: read.images) && again.labels.hasSameBits(as: read.labels)
          && again.classes == read.classes, "other numbers when read again")
      // Each number has a byte at least, and takes four; the text has all of them.
      try require(
        read.images.count + read.labels.count <= bytes.count, "more numbers than the text has")
    }
  }

  /// A record for each sample, the class first.
  private static func text(_ data: Dataset) throws -> [UInt8] {
    let labels = try data.labels.withScalars(as: Int32.self, Array.init)
    let numbers = try data.images.withScalars(as: Float.self, Array.init)
    let records = labels.enumerated().map { sample, label in
      let features = numbers[sample * data.features..<(sample + 1) * data.features]
      return ([label.description] + features.map(\.description)).joined(separator: ",")
    }
    return Array(records.joined(separator: "\n").utf8)
  }
}
