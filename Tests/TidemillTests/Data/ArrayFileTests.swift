import Foundation
import Testing
import Tidemill
import TidemillTestSupport

/// Data sets in NumPy's files, with the layout of Keras or to be split.
@Suite struct ArrayFileTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func golden(_ name: String) throws -> String {
    try goldenFile("NPY/datasets/\(name).npz", in: .module).path
  }

  private func write(_ arrays: [(String, Tensor)], _ name: String = "f.npz") throws -> String {
    try NPZ(arrays).write(to: folder(name))
    return folder(name)
  }

  private func refusal(_ arrays: [(String, Tensor)]) throws -> String {
    let path = try write(arrays)
    let error = failure { _ = try DataSource.named(path) }
    #expect(error.code == .data)
    return error.message.replacing(folder.path, with: "F")
  }

  /// What NumPy wrote in Keras' layout: images of bytes, labels of bytes.
  @Test func layoutOfKerasIsRead() throws {
    let split = try DataSource.named(golden("keras"))
    #expect(split.train.name == "keras.npz")
    #expect(split.train.count == 4 && split.test.count == 2)
    #expect(split.train.imageHeight == 2 && split.train.imageWidth == 3)
    #expect(split.train.classes == 3)
    #expect(
      try split.train.images.scalars(as: Float.self) == (0..<24).map { Float($0 * 10) / 255 })
    #expect(try split.train.labels.scalars(as: Int32.self) == [0, 2, 1, 2])
    #expect(try split.test.labels.scalars(as: Int32.self) == [2, 0])
  }

  @Test func arraysAloneAreSplitByTheSeed() throws {
    let x = try Tensor((0..<20).map { Double($0) / 3 }, shape: [10, 2])
    let y = try Tensor((0..<10).map { Int64($0 % 2) }, shape: [10, 1])
    let path = try write([("y", y), ("x", x), ("more", y)])
    let split = try DataSource.named(path, seed: 3)
    #expect(split.train.count == 8 && split.test.count == 2 && split.train.classes == 2)
    let all = split.train.images.doubles + split.test.images.doubles
    #expect(all.sorted() == (0..<20).map { Double(Float(Double($0) / 3)) })
    #expect(try DataSource.named(path, seed: 3).test.images == split.test.images)
    let others = try (4...7).map { try DataSource.named(path, seed: $0).test.images }
    #expect(others.contains { $0 != split.test.images })
    // The same as a folder.
    try NPY(x).write(to: folder("x.npy"))
    try NPY(y).write(to: folder("y.npy"))
    #expect(try DataSource.named(folder.path, seed: 3).test.images == split.test.images)
    #expect(try ArrayFile.load(path, classes: 5, testFraction: 0.5).test.classes == 5)
  }

  @Test func foldersOfArraysAreRead() throws {
    let images = try Tensor((0..<8).map(Int32.init), shape: [2, 2, 2, 1])
    for (name, tensor) in [
      ("x_train", images), ("y_train", try Tensor([Int32(1), 0])), ("x_test", images),
      ("y_test", try Tensor([Int32(0), 0])),
    ] { try NPY(tensor).write(to: folder("\(name).npy")) }
    let split = try DataSource.named(folder.path)
    #expect(split.train.images.doubles == (0..<8).map(Double.init), "integers stay as they are")
    #expect(split.train.imageHeight == 2 && split.train.imageWidth == 2)
    try FileManager.default.removeItem(atPath: folder("y_test.npy"))
    let error = failure { _ = try DataSource.named(folder.path) }
    #expect(
      error.message
        == "\(folder.path): has no array 'y_test', but x_test, x_train, y_train: a data "
        + "set is x_train, y_train, x_test and y_test, or x and y.")
  }

  /// Bytes are shades in a folder, too; other integers stay as they are.
  @Test func integersAreDividedWhereTheyAreBytes() throws {
    let bytes = try contents(goldenFile("NPY/wider-uint8.npy", in: .module).path)
    _ = try folder.file("x.npy", bytes)
    let y = try Tensor([Int32(0), 1])
    try NPY(y).write(to: folder("y.npy"))
    let shades = try ArrayFile.load(folder.path, testFraction: 0.5)
    func numbers(_ split: DatasetSplit) -> [Double] {
      (split.train.images.doubles + split.test.images.doubles).sorted()
    }
    let expected = [0, 1, 2, 3, 4, 255].map { Double(Float($0) / 255) }
    #expect(numbers(shades) == expected)
    let whole = try Tensor([1, 2, 3, 1 << 24] as [Int64], shape: [2, 2])
    let path = try write([("x", whole), ("y", y)])
    #expect(try numbers(ArrayFile.load(path, testFraction: 0.5)) == [1, 2, 3, 0x1p24])
  }

  @Test func colorsBecomeFeatures() throws {
    let x = try Tensor(zeros: [2, 4, 5, 3])
    let split = try ArrayFile.load(
      write([("x", x), ("y", Tensor([Int32(0), 1]))]), testFraction: 0.5)
    #expect(split.train.imageHeight == 1 && split.train.imageWidth == 60)
  }

  @Test func arraysThatDoNotFitAreNamed() throws {
    let (x, y) = (try Tensor(zeros: [4, 2]), try Tensor([Int32(0), 1, 0, 1]))
    #expect(
      try refusal([("a", x), ("b", y)])
        == "F/f.npz: has no array 'x_train', but a, b: a data set is "
        + "x_train, y_train, x_test and y_test, or x and y.")
    #expect(try refusal([("x", x)]).hasPrefix("F/f.npz: has no array 'y', but x: "))
    #expect(try refusal([]).hasPrefix("F/f.npz: has no array 'x_train', but none: "))
    #expect(
      try refusal([("x", Tensor(zeros: [4])), ("y", y)])
        == "F/f.npz: 'x' must be numbers of shape [N, features] or [N, height, width], but is "
        + "float32[4].")
    #expect(try refusal([("x", Tensor(zeros: [0, 2])), ("y", y)]).hasSuffix("is float32[0, 2]."))
    #expect(
      try refusal([("x", Tensor(zeros: [4, 2], .bool)), ("y", y)]).hasSuffix("is bool[4, 2]."))
    #expect(
      try refusal([("x", x), ("y", Tensor(zeros: [4]))])
        == "F/f.npz: 'y' must be integers of shape [N], but is float32[4].")
    #expect(
      try refusal([("x", x), ("y", Tensor(zeros: [4, 2], .int32))]).hasSuffix("is int32[4, 2]."))
    #expect(
      try refusal([("x", x), ("y", Tensor([0, 1 << 40, 0, 1] as [Int64]))])
        == "F/f.npz: 'y' has the label 1099511627776 for sample 1, and classes are numbers from 0 on."
    )
    #expect(
      try refusal([("x", x), ("y", Tensor([Int32(0), 1, 0]))])
        == "f.npz: there are 4 images, but 3 labels. Each image needs one label.")
    #expect(
      try refusal([("x", x), ("y", Tensor([Int32(0), 9, 0, 1]))]).hasPrefix(
        "F/f.npz: y: sample 1 has the label 9, but no sample has the label 2: "))
    #expect(
      try refusal([("x", x), ("y", Tensor([Int32(0), -1, 0, 1]))])
        == "f.npz: the label of sample 1 is -1, but labels must be 0 or more.")
  }

  @Test func bytesInMemoryAreLimited() throws {
    let path = try write([("x", Tensor(zeros: [4, 2])), ("y", Tensor([Int32(0), 1, 0, 1]))])
    let bytes = try contents(path)
    #expect(try ArrayFile.parse(bytes, name: "f").train.count == 3)
    let file = failure { _ = try ArrayFile.load(path, limit: 100) }
    #expect(file.message.contains("unpacks to more than 100 bytes"))
    let error = failure { _ = try ArrayFile.parse(bytes, name: "f", limit: 100) }
    #expect(error.code == .file && error.message.contains("unpacks to more than 100 bytes"))
  }

  /// Whatever the bytes: a data set or an error, no trap.
  @Test func damagedFilesNeverTrap() throws {
    let bytes = try contents(golden("keras"))
    for bytes in damaged(bytes, seed: 51, count: 3_000) {
      do { _ = try ArrayFile.parse(bytes, name: "seed 51", limit: 1 << 20) } catch is TidemillError
      {}
    }
  }
}
