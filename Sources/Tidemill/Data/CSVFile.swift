import TidemillGraph

/// A column of a table.
public enum CSVColumn: Sendable, Equatable, ExpressibleByIntegerLiteral,
  ExpressibleByStringLiteral
{
  /// By its position, from 0.
  case index(Int)
  /// By its name in the header.
  case name(String)

  /// A column by its position, from 0.
  public init(integerLiteral value: Int) { self = .index(value) }

  /// A column by its name in the header.
  public init(stringLiteral value: String) { self = .name(value) }
}

/// A table of numbers in comma-separated text (RFC 4180), plain or gzip.
///
/// A record is a sample: one column is its class, all others are features, in their order.
///
/// ```swift
/// let flowers = try CSVFile.load("iris.csv", label: "species")
/// let split = try DatasetSplit(flowers, testFraction: 0.2, seed: 1)
/// ```
///
/// Numbers are decimal, such as `5`, `-0.25` and `1e-3`; classes are whole numbers from 0 on.
/// Columns are counted from 0, but errors count lines and columns from 1, as editors do.
public enum CSVFile {
  /// Reads a file.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - label: The column of classes; by name only where there is a header.
  ///   - hasHeader: Whether the first record names the columns.
  ///   - classes: The number of classes; without it, the largest label and one more: then every
  ///     class up to it needs samples, but for class 0 where labels count from 1.
  ///   - imageHeight: Rows that the features of a sample are, for data that are images.
  /// - Throws: `data` for a record with more or fewer fields than the first, or a field that is no
  ///   finite number: the error names the line and the column. Also where there is no such column, a
  ///   header is a record of numbers, or ``Dataset`` does not take the numbers. `file` where the file
  ///   cannot be read or unpacked, `argument` where a column is asked for by a name without a header
  ///   or an index below 0, or `imageHeight` is not 1 or more.
  /// - Complexity: Memory is that of the text, and at most twelve bytes for each number.
  public static func load(
    _ path: String, label: CSVColumn, hasHeader: Bool = true, classes: Int? = nil,
    imageHeight: Int = 1
  ) throws -> Dataset {
    try parse(
      Gzip.contents(of: path), name: path, label: label, hasHeader: hasHeader, classes: classes,
      imageHeight: imageHeight)
  }

  /// Reads a file about which nothing is said: its first record is a header where it is not all numbers, and classes
  /// are in the column `label`, or else in the last one.
  ///
  /// - Throws: as ``load(_:label:hasHeader:classes:imageHeight:)``.
  static func load(_ path: String) throws -> Dataset {
    let bytes = try Gzip.contents(of: path)
    var reader = CSVReader(bytes, name: path)
    var first: [String] = []
    _ = try reader.next(into: &first)
    let hasHeader = first.contains { CSVTable.number($0) == nil }
    return try parse(
      bytes, name: path,
      label: first.contains("label") ? "label" : .index(max(first.count - 1, 0)),
      hasHeader: hasHeader)
  }

  /// Takes the bytes of a file.
  ///
  /// - Parameter name: What errors call it.
  /// - Throws: as ``load(_:label:hasHeader:classes:imageHeight:)``.
  package static func parse(
    _ bytes: [UInt8], name: String, label: CSVColumn, hasHeader: Bool = true, classes: Int? = nil,
    imageHeight: Int = 1
  ) throws -> Dataset {
    guard imageHeight >= 1 else {
      throw TidemillError(.argument, "imageHeight must be 1 or more, but is \(imageHeight).")
    }
    var table = try CSVTable(bytes, name: name, label: label, hasHeader: hasHeader)
    try table.readAll()
    let features = table.columns - 1
    let labels = try Tensor(table.labels)
    return try Dataset(
      name: name, images: Tensor(table.features, shape: [table.labels.count, features]),
      labels: labels,
      classes: classes ?? Dataset.classCount(of: labels, name: name, loader: "CSVFile.load"),
      imageHeight: imageHeight, imageWidth: features / imageHeight)
  }
}
