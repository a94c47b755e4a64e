import Foundation
import TidemillGraph

/// A folder of four IDX files named like MNIST's, plain or gzip.
///
/// `train-images-idx3-ubyte` (bytes, `[N, height, width]`), `train-labels-idx1-ubyte` (integers,
/// `[N]`), and the same two with `t10k-` or `test-` in place of `train-`; each may end in `.gz`.
public enum IDXFolder {
  /// Reads a folder; pixels become 0...1.
  ///
  /// - Parameters:
  ///   - path: The folder.
  ///   - name: What the data set is called; without it, the folder's name.
  ///   - classes: The number of classes; without it, the largest label to train on and one more:
  ///     then every class up to it needs samples, but for class 0 where labels count from 1.
  /// - Throws: `data` where the folder or one of its files is missing, or holds what does not fit
  ///   together; `file` where a file cannot be read or unpacked.
  public static func load(
    _ path: String, name: String? = nil, classes: Int? = nil
  ) throws -> DatasetSplit {
    try load(path, name: name, classes: classes, classNames: nil)
  }

  static func load(
    _ path: String, name: String?, classes: Int?, classNames: [String]?
  ) throws -> DatasetSplit {
    try checkFolder(path)
    let name = name ?? URL(fileURLWithPath: path).lastPathComponent
    let train = try part(path, ["train"], name, classes, classNames)
    let test = try part(path, ["t10k", "test"], name, train.classes, classNames)
    return try DatasetSplit(train: train, test: test)
  }

  /// Whether a folder has the images to train on.
  static func isSource(folder path: String) -> Bool {
    (try? find(path, [imagesName("train")])) != nil
  }

  private static func checkFolder(_ path: String) throws {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw TidemillError(.data, "\(path): there is no such folder of data.")
    }
    guard isFolder.boolValue else {
      throw TidemillError(
        .data,
        "\(path): is a file, but a data set is a folder with files like \(imagesName("train")).")
    }
  }

  private static func part(
    _ folder: String, _ prefixes: [String], _ name: String, _ classes: Int?, _ classNames: [String]?
  ) throws -> Dataset {
    let images = try IDXFile(path: find(folder, prefixes.map(imagesName)))
    guard images.shape.rank == 3, images.element == .uint8 else {
      throw TidemillError(
        .data,
        "\(images.name): expected images as uint8[N, height, width], but found "
          + "\(images.element)\(images.shape).")
    }
    let labels = try IDXFile(path: find(folder, prefixes.map(labelsName)))
    guard labels.shape.rank == 1, labels.element.isInteger else {
      throw TidemillError(
        .data,
        "\(labels.name): expected labels as integers of shape [N], but found "
          + "\(labels.element)\(labels.shape).")
    }
    let (count, height, width) = (images.shape[0], images.shape[1], images.shape[2])
    guard count > 0, height > 0, width > 0 else {
      throw TidemillError(.data, "\(images.name): holds no pixels: its shape is \(images.shape).")
    }
    let numbers = try labels.tensor()
    return try Dataset(
      name: name, images: images.floats(dividedBy: 255).reshaped(to: [count, height * width]),
      labels: numbers,
      classes: classes
        ?? Dataset.classCount(of: numbers, name: labels.name, loader: "IDXFolder.load"),
      imageHeight: height, imageWidth: width, classNames: classNames)
  }

  private static func find(_ folder: String, _ names: [String]) throws -> String {
    for name in names.flatMap({ [$0, $0 + ".gz"] }) {
      let path = folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)"
      if FileManager.default.fileExists(atPath: path) { return path }
    }
    throw TidemillError(
      .data, "\(folder): has no file \(names.joined(separator: " or ")), with or without .gz.")
  }

  private static func imagesName(_ prefix: String) -> String { "\(prefix)-images-idx3-ubyte" }
  private static func labelsName(_ prefix: String) -> String { "\(prefix)-labels-idx1-ubyte" }
}
