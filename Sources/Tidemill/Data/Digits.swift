import Foundation
import TidemillGraph

/// Handwritten digits: 1,797 images of 8 x 8 grey pixels that come with Tidemill.
///
/// **Source**: E. Alpaydin, C. Kaynak: Optical Recognition of Handwritten Digits, UCI Machine
/// Learning Repository, 1998 (CC BY 4.0; see DIGITS-ATTRIBUTION.md).
public enum Digits {
  /// Reads the digits, shuffles them and holds some out; pixels become 0...1.
  ///
  /// - Parameters:
  ///   - testFraction: The share of samples to test on, rounded to a whole number: a fifth is 359.
  ///   - seed: The same seed gives the same split on every machine.
  /// - Throws: `data` where the resource of the package is missing, `argument` where the fraction
  ///   is not between 0 and 1.
  public static func load(testFraction: Double = 0.2, seed: UInt64 = 1) throws -> DatasetSplit {
    try DatasetSplit(all(), testFraction: testFraction, seed: seed)
  }

  /// All 1,797 digits in the order of the file.
  ///
  /// - Throws: `data` where the resource of the package is missing.
  public static func all() throws -> Dataset {
    let path = try resource("digits.csv.gz")
    return try parse(Gzip.contents(of: path, limit: 1 << 24), name: path)
  }

  /// Takes lines of 64 pixels from 0 to 16 and a class from 0 to 9.
  ///
  /// - Throws: `data`, with the line that is not like that.
  package static func parse(_ text: [UInt8], name: String) throws -> Dataset {
    var pixels: [Float] = []
    var labels: [Int32] = []
    let lines = text.split(separator: UInt8(ascii: "\n"))
    for (index, line) in lines.enumerated() {
      let fields = line.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
      let numbers = fields.compactMap { Int32(String(decoding: $0, as: UTF8.self)) }
      guard numbers.count == 65, fields.count == 65, let label = numbers.last,
        numbers.dropLast().allSatisfy({ (0...16).contains($0) })
      else {
        throw TidemillError(
          .data,
          "\(name): line \(index + 1) must have 64 pixels from 0 to 16 and a class, but is not so.")
      }
      pixels += numbers.dropLast().map { Float($0) / 16 }
      labels.append(label)
    }
    return try Dataset(
      name: "digits", images: Tensor(pixels, shape: [labels.count, 64]), labels: Tensor(labels),
      classes: 10, imageHeight: 8, imageWidth: 8)
  }

  /// The path of a file of the package.
  ///
  /// `Bundle.module` ends the program where the files are missing. This looks in the same places,
  /// beside the program and in the folder it was built from, and throws.
  private static func resource(_ file: String) throws -> String {
    let beside = Bundle.main.bundleURL
    let source = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    let folders = [
      beside.appendingPathComponent("tidemill_Tidemill.resources"),
      beside.appendingPathComponent("tidemill_Tidemill.bundle"),
      source.appendingPathComponent("Resources"),
    ]
    let paths = folders.map { $0.appendingPathComponent(file).path }
    guard let path = paths.first(where: FileManager.default.fileExists(atPath:)) else {
      throw TidemillError(
        .data,
        "The data set digits is part of Tidemill, but \(paths[0]) is missing. Copy the folder "
          + "tidemill_Tidemill.resources to where the program is.")
    }
    return path
  }
}
