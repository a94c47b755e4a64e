import Foundation
import Testing
import Tidemill

/// Folders of pictures become data sets, and what would be left out or mixed up is refused.
@Suite struct ImageFolderTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// A PGM of 2 x 1 pixels, the first of this shade.
  private func write(_ path: String, _ shade: UInt8, width: Int = 2) throws {
    let url = URL(fileURLWithPath: folder(path))
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    if path.hasSuffix(".png") {
      let grey = [shade] + [UInt8](repeating: 0, count: width - 1)
      try PNG.write(grey: grey, width: width, height: 1, to: url.path)
    } else {
      let text = "P2 \(width) 1 255 \(shade)" + String(repeating: " 0", count: width - 1)
      _ = try folder.file(path, Array(text.utf8))
    }
  }

  private func refusal() -> String {
    let error = failure { _ = try DataSource.named(folder.path) }
    #expect(error.code == .data || error.code == .file)
    return error.message.replacing(folder.path, with: "F")
  }

  @Test func trainAndTestAreRead() throws {
    for (path, shade) in [
      ("train/oak/b.png", 10), ("train/oak/a.pgm", 20), ("train/ash/1.PNG", 30),
      ("train/yew/x.ppm", 40), ("test/yew/1.pgm", 50), ("test/ash/1.png", 60),
    ] as [(String, UInt8)] {
      if path.hasSuffix("PNG") {
        try write("train/ash/1.png", shade)
        try FileManager.default.moveItem(
          atPath: folder("train/ash/1.png"), toPath: folder("train/ash/1.PNG"))
      } else {
        try write(path, shade)
      }
    }
    // None of these are pictures.
    try FileManager.default.createDirectory(
      atPath: folder("train/.hidden"), withIntermediateDirectories: true)
    for path in ["train/oak/.a.png", "train/oak/notes.txt", "train/README", "labels.csv"] {
      _ = try folder.file(path, [1])
    }
    let split = try DataSource.named(folder.path)
    #expect(split.train.classNames == ["ash", "oak", "yew"] && split.train.classes == 3)
    #expect(split.test.classNames == ["ash", "oak", "yew"])
    #expect(split.train.name == URL(fileURLWithPath: folder.path).lastPathComponent)
    #expect(split.train.imageHeight == 1 && split.train.imageWidth == 2)
    let shades = try split.train.images.scalars(as: Float.self)
    #expect(shades == [30, 0, 20, 0, 10, 0, 40, 0].map { $0 / 255 })
    #expect(try split.train.labels.scalars(as: Int32.self) == [0, 1, 1, 2])
    #expect(try split.test.labels.scalars(as: Int32.self) == [0, 2])
    #expect(split.test.images.doubles[2] == Double(Float(50) / 255))
  }

  @Test func everyEndingIsRead() throws {
    for name in ["1.png", "2.pgm", "3.ppm", "4.pnm", "5.PNM"] { try write("a/\(name)", 1) }
    let split = try DataSource.named(folder.path)
    #expect(split.train.count + split.test.count == 5)
  }

  @Test func classesAloneAreSplitByTheSeed() throws {
    for number in 0..<10 { try write("b/\(number).png", UInt8(number)) }
    for number in 10..<20 { try write("a/\(number).png", UInt8(number)) }
    let split = try DataSource.named(folder.path, seed: 5)
    #expect(split.train.count == 16 && split.test.count == 4)
    #expect(split.train.classNames == ["a", "b"])
    func shades(_ data: Dataset) throws -> [Int] {
      try data.images.scalars(as: Float.self).enumerated()
        .filter { $0.offset % 2 == 0 }.map { Int(($0.element * 255).rounded()) }
    }
    #expect(try (shades(split.train) + shades(split.test)).sorted() == Array(0..<20))
    for data in [split.train, split.test] {
      #expect(try data.labels.scalars() == shades(data).map { Int32($0 < 10 ? 1 : 0) })
    }
    let again = try ImageFolder.load(folder.path, testFraction: 0.5, seed: 5)
    #expect(again.test.count == 10)
    let other = try DataSource.named(folder.path, seed: 6)
    #expect(try shades(other.test) != shades(split.test))
  }

  @Test func imagesOfUnequalSizeAreNamed() throws {
    try write("a/1.png", 1)
    try write("a/2.png", 1)
    try write("b/1.pgm", 1, width: 3)
    #expect(
      refusal()
        == "F/b/1.pgm: has 3 x 1 pixels, but F/a/1.png has 2 x 1: all pictures of a data set "
        + "must be of one size.")
  }

  @Test func whatWouldBeLeftOutIsRefused() throws {
    try write("a/1.png", 1)
    try write("b/1.png", 1)
    _ = try folder.file("b/2.JPG", [0xff])
    #expect(
      refusal() == "F/b/2.JPG: is a picture of a format that cannot be read; convert it to PNG.")
    try FileManager.default.removeItem(atPath: folder("b/2.JPG"))
    try write("b/c/1.png", 1)
    #expect(
      refusal() == "F/b/c: is a folder within a class; pictures must lie right in the folder of "
        + "their class.")
    try FileManager.default.removeItem(atPath: folder("b/c"))
    try write("loose.png", 1)
    #expect(
      refusal() == "F: is taken for a data set of pictures with a folder for each class, but "
        + "loose.png lies beside the folders; move it into one, or give another folder.")
    try FileManager.default.removeItem(atPath: folder("loose.png"))
    try FileManager.default.removeItem(atPath: folder("b/1.png"))
    #expect(refusal() == "F/b: has no pictures, which end in .png, .pgm or .ppm.")
  }

  @Test func tooFewPicturesToSplitAreAMistakeInTheData() throws {
    try write("a/1.png", 1)
    try write("b/1.png", 1)
    let error = failure { _ = try DataSource.named(folder.path) }
    #expect(error.code == .data)
    #expect(
      error.message.hasSuffix(
        ": of 2 samples, a share of 0.2 to test on is 0, which leaves 2 to train on: both need one. "
          + "Give more samples."))
  }

  @Test func unreadablePicturesAreNamed() throws {
    try write("a/1.png", 1)
    _ = try folder.file("a/2.png", [1, 2, 3])
    #expect(
      refusal() == "F/a/2.png: is no picture that can be read: it begins neither like PNG, PGM nor "
        + "PPM.")
    let bytes = try contents(folder("a/1.png"))
    _ = try folder.file("a/2.png", Array(bytes.dropLast(14)))
    #expect(refusal() == "F/a/2.png: is no valid PNG file: the file is truncated.")
    try FileManager.default.removeItem(atPath: folder("a/2.png"))
    try FileManager.default.createSymbolicLink(
      atPath: folder("a/2.png"), withDestinationPath: "/nonexistent")
    #expect(refusal() == "F/a/2.png: cannot be opened: No such file or directory.")
  }

  @Test func classesToTestOnMustBeLearned() throws {
    try write("train/a/1.png", 1)
    try write("test/b/1.png", 1)
    #expect(
      refusal() == "F/test: has the class 'b', which F/train has not: what is tested must be "
        + "learned.")
    try FileManager.default.removeItem(atPath: folder("test/b"))
    #expect(refusal() == "F/test: has no folders of pictures, one for each class.")
  }

  @Test func oneSampleCannotBeSplit() throws {
    try write("a/1.png", 1)
    let error = failure { _ = try DataSource.named(folder.path) }
    #expect(error.code == .data)
  }
}
