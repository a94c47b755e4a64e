import Foundation
import TidemillGraph

/// Data sets by name, as people type them.
public enum DataSource {
  /// The names there are; anything else is a folder of IDX files.
  public static let names = ["digits", "fashion-mnist"]

  /// Loads `digits`, `fashion-mnist` or a folder (``IDXFolder``).
  ///
  /// - Parameters:
  ///   - name: One of ``names``, or the path of a folder.
  ///   - seed: Splits `digits`; the others come split.
  /// - Throws: `data` where there is neither such a name nor such a folder, with the names there
  ///   are; what the data set's own `load` throws.
  public static func named(_ name: String, seed: UInt64 = 1) throws -> DatasetSplit {
    switch name {
    case "digits": return try Digits.load(seed: seed)
    case "fashion-mnist": return try FashionMNIST.load()
    default:
      guard name.contains("/") || FileManager.default.fileExists(atPath: name) else {
        throw TidemillError(
          .data,
          "There is no data set '\(name)'. Use \(names.joined(separator: ", ")) or the path of a "
            + "folder with IDX files.")
      }
      return try IDXFolder.load(name)
    }
  }
}
