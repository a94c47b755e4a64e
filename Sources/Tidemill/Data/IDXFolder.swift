import Foundation
import TidemillGraph

/// A folder of four IDX files named like MNIST's, plain or gzip.
///
/// `train-images-idx3-ubyte` (bytes, `[N, height, width]`), `train-labels-idx1-ubyte` (integers,
/// `[N]`), and the same two with `t10k-` or `test-` in place of `train-`; each may end in `.gz`.
public enum IDXFolder {
  /// Classes that labels may tell apart where nobody says how many there are.
  package static let maximumClasses = 1 << 16

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
    try checkFolder(path)
    let name = name ?? URL(fileURLWithPath: path).lastPathComponent
    let train = try part(path, ["train"], name: name, classes: classes)
    let test = try part(path, ["t10k", "test"], name: name, classes: train.classes)
    return try DatasetSplit(train: train, test: test)
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
    _ folder: String, _ prefixes: [String], name: String, classes: Int?
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
      labels: numbers, classes: classes ?? classCount(of: numbers, name: labels.name),
      imageHeight: height, imageWidth: width)
  }

  /// The largest label and one more.
  ///
  /// A damaged label can be far above all others, and the network would get outputs for hundreds of
  /// classes that do not exist. Such a label has a gap below it, so a gap is an error. Class 0 may be
  /// empty: labels of some sets, as of EMNIST's letters, count from 1.
  ///
  /// - Parameters:
  ///   - name: What errors call the labels: their file.
  ///   - loader: The function that can be told the number of classes.
  /// - Throws: `data`, with the sample and the class that has none.
  static func classCount(
    of labels: Tensor, name: String, loader: String = "IDXFolder.load"
  ) throws -> Int {
    try labels.withScalars(as: Int32.self) { labels in
      let largest = max(labels.max() ?? 0, 0)
      let seen = Set(labels)
      if largest > 1, let missing = (1..<largest).first(where: { !seen.contains($0) }) {
        let sample = labels.firstIndex { $0 > missing } ?? 0
        throw TidemillError(
          .data,
          "\(name): sample \(sample) has the label \(labels[sample]), but no sample has the label "
            + "\(missing): where nobody says how many classes there are, each class below the "
            + "largest label needs samples. Correct the label, number the classes without gaps, or "
            + "give the number of classes to \(loader).")
      }
      return min(Int(largest) + 1, maximumClasses)
    }
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
