import Foundation
import TidemillGraph

/// Data sets in NumPy's files: an NPZ file, or a folder of NPY files.
///
/// The arrays are called `x_train`, `y_train`, `x_test` and `y_test`, as in Keras' `mnist.npz`; or `x`
/// and `y`, to be split. In a folder they are `x_train.npy` and so on.
///
/// - `x`: numbers of shape `[N, features]`, or images of shape `[N, height, width]` or
///   `[N, height, width, 1]`; more axes become features. Bytes become 0...1, by a division by 255;
///   other numbers stay as they are.
/// - `y`: classes, integers of shape `[N]` or `[N, 1]`.
public enum ArrayFile {
  /// Reads an NPZ file or a folder.
  ///
  /// - Parameters:
  ///   - path: The file or the folder.
  ///   - classes: The number of classes; without it, the largest label to train on and one more: then
  ///     every class up to it needs samples, but for class 0 where labels count from 1.
  ///   - testFraction: The share of samples to test on where there are only `x` and `y`.
  ///   - seed: Of that split.
  ///   - limit: Bytes that an NPZ file may unpack to.
  /// - Throws: `data` where an array is missing, or types, shapes or labels do not fit: the error names
  ///   the array. `file` where a file cannot be read. `argument` as ``DatasetSplit``.
  public static func load(
    _ path: String, classes: Int? = nil, testFraction: Double = 0.2, seed: UInt64 = 1,
    limit: Int = NPZ.usualLimit
  ) throws -> DatasetSplit {
    let arrays = isFolder(path) ? try folder(path) : try Arrays(NPZ(path: path, limit: limit), path)
    return try split(arrays, classes: classes, testFraction: testFraction, seed: seed)
  }

  /// Takes the bytes of an NPZ file.
  ///
  /// - Parameter name: What errors call it.
  /// - Throws: as ``load(_:classes:testFraction:seed:limit:)``.
  package static func parse(
    _ bytes: [UInt8], name: String, classes: Int? = nil, testFraction: Double = 0.2,
    seed: UInt64 = 1, limit: Int = NPZ.usualLimit
  ) throws -> DatasetSplit {
    let arrays = try Arrays(NPZ(bytes: bytes, name: name, limit: limit), name)
    return try split(arrays, classes: classes, testFraction: testFraction, seed: seed)
  }

  /// Whether a folder has arrays by these names.
  static func isSource(folder path: String) -> Bool {
    names.contains { FileManager.default.fileExists(atPath: "\(path)/\($0).npy") }
  }

  private static let names = ["x_train", "y_train", "x_test", "y_test", "x", "y"]

  private static func split(
    _ arrays: Arrays, classes: Int?, testFraction: Double, seed: UInt64
  ) throws -> DatasetSplit {
    if arrays["x_train"] == nil && arrays["x"] != nil {
      return try DatasetSplit(
        arrays.dataset("x", "y", classes: classes), testFraction: testFraction, seed: seed)
    }
    let train = try arrays.dataset("x_train", "y_train", classes: classes)
    let test = try arrays.dataset("x_test", "y_test", classes: train.classes)
    return try DatasetSplit(train: train, test: test)
  }

  private static func isFolder(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
      && isFolder.boolValue
  }

  private static func folder(_ path: String) throws -> Arrays {
    var arrays = Arrays(path: path)
    for name in names where FileManager.default.fileExists(atPath: "\(path)/\(name).npy") {
      arrays.arrays[name] = try NPY(path: "\(path)/\(name).npy")
    }
    return arrays
  }
}

/// Arrays by their names.
private struct Arrays {
  let path: String
  let name: String
  var arrays: [String: NPY] = [:]

  init(path: String) {
    self.path = path
    name = URL(fileURLWithPath: path).lastPathComponent
  }

  init(_ file: NPZ, _ path: String) {
    self.init(path: path)
    for ((name, tensor), element) in zip(file.arrays, file.elements) {
      arrays[name] = NPY(tensor, element: element)
    }
  }

  subscript(name: String) -> NPY? { arrays[name] }

  func dataset(_ x: String, _ y: String, classes: Int?) throws -> Dataset {
    let (images, height, width) = try images(x)
    let labels = try labels(y)
    let classes =
      try classes
      ?? Dataset.classCount(
        of: labels, name: "\(path): \(y)", loader: "ArrayFile.load")
    return try Dataset(
      name: name, images: images, labels: labels, classes: classes, imageHeight: height,
      imageWidth: width)
  }

  private func array(_ name: String) throws -> NPY {
    guard let array = arrays[name] else {
      let found = arrays.keys.sorted().joined(separator: ", ").printable(limit: 200)
      throw TidemillError(
        .data,
        "\(path): has no array '\(name)', but \(found.isEmpty ? "none" : found): a data set is "
          + "x_train, y_train, x_test and y_test, or x and y.")
    }
    return array
  }

  private func images(_ name: String) throws -> (Tensor, height: Int, width: Int) {
    let array = try array(name)
    let shape = array.tensor.shape.dimensions
    guard shape.count >= 2, array.tensor.count > 0, array.tensor.dtype != .bool else {
      throw TidemillError(
        .data,
        "\(path): '\(name)' must be numbers of shape [N, features] or [N, height, width], but is "
          + "\(array.tensor.type).")
    }
    let isImage = shape.count == 3 || shape.count == 4 && shape[3] == 1
    let features = array.tensor.count / shape[0]
    let (height, width) = isImage ? (shape[1], shape[2]) : (1, features)
    return (try array.samples([shape[0], features]), height, width)
  }

  private func labels(_ name: String) throws -> Tensor {
    let tensor = try array(name).tensor
    let shape = tensor.shape.dimensions
    guard tensor.dtype.isInteger, shape.count == 1 || shape.count == 2 && shape[1] == 1 else {
      throw TidemillError(
        .data, "\(path): '\(name)' must be integers of shape [N], but is \(tensor.type).")
    }
    if tensor.dtype == .int32 { return try tensor.reshaped(to: [tensor.count]) }
    let labels = try tensor.withScalars(as: Int64.self) { wide in
      try wide.indices.map { sample in
        guard let label = Int32(exactly: wide[sample]) else {
          throw TidemillError(
            .data,
            "\(path): '\(name)' has the label \(wide[sample]) for sample \(sample), and classes are "
              + "numbers from 0 on.")
        }
        return label
      }
    }
    return try Tensor(labels)
  }
}
