import Foundation
import TidemillGraph

/// Data sets by name, as people type them.
public enum DataSource {
  /// The names there are; anything else is a path.
  public static let names = ["digits", "fashion-mnist"]

  /// Loads `digits`, `fashion-mnist`, an NPZ file (``ArrayFile``), a CSV file (``CSVFile``), plain or gzip, or a
  /// folder: of IDX files (``IDXFolder``) where it has their names, else of NPY files (``ArrayFile``), else of
  /// pictures (``ImageFolder``).
  ///
  /// The classes of a CSV file are in its column `label`, or in the last one where none is called so; a fifth of
  /// the records is to test on.
  ///
  /// - Parameters:
  ///   - name: One of ``names``, or a path.
  ///   - seed: Splits what does not come split.
  /// - Throws: `data` where there is neither such a name nor such a file or folder, with the names there
  ///   are; what the data set's own `load` throws.
  public static func named(_ name: String, seed: UInt64 = 1) throws -> DatasetSplit {
    switch name {
    case "digits": return try Digits.load(seed: seed)
    case "fashion-mnist": return try FashionMNIST.load()
    default: return try read(name, seed: seed)
    }
  }

  private static func read(_ path: String, seed: UInt64) throws -> DatasetSplit {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw TidemillError(
        .data,
        path.contains("/")
          ? "\(path): there is no such file or folder of data."
          : "There is no data set '\(path)'. Use \(names.joined(separator: ", ")) or the path of an "
            + "NPZ or CSV file or of a folder with IDX files, NPY files or pictures.")
    }
    if !isFolder.boolValue { return try file(path, seed: seed) }
    if IDXFolder.isSource(folder: path) { return try IDXFolder.load(path) }
    if ArrayFile.isSource(folder: path) { return try ArrayFile.load(path, seed: seed) }
    if ImageFolder.hasFolders(path) { return try ImageFolder.load(path, seed: seed) }
    throw TidemillError(
      .data,
      "\(path): has neither IDX files like train-images-idx3-ubyte, with or without .gz, nor NPY "
        + "files like x_train.npy, nor folders of pictures, one for each class.")
  }

  private static func file(_ path: String, seed: UInt64) throws -> DatasetSplit {
    if path.hasSuffix(".npz") { return try ArrayFile.load(path, seed: seed) }
    if path.hasSuffix(".csv") || path.hasSuffix(".csv.gz") {
      return try DatasetSplit(CSVFile.load(path), testFraction: 0.2, seed: seed)
    }
    throw TidemillError(
      .data,
      "\(path): is a file that is called neither .npz nor .csv, and otherwise a data set is a folder "
        + "with IDX files, NPY files or pictures.")
  }
}
