import Foundation
import TidemillGraph

/// A data set as a folder of pictures, with a folder for each class.
///
/// ```
/// leaves/train/oak/1.png        or, to be split:   leaves/oak/1.png
/// leaves/train/ash/1.png                           leaves/ash/1.png
/// leaves/test/oak/7.png
/// ```
///
/// Pictures are PNG, PGM or PPM (``Picture``) and become grey, 0 black and 1 white; all have one size.
/// Classes are the names of folders, sorted, and pictures come class by class, sorted by name.
///
/// Files that are no pictures by their names, such as `notes.txt`, and hidden ones are ignored. Pictures
/// of formats that cannot be read, as `.jpg`, are refused, and so are pictures beside the classes'
/// folders and folders within them: otherwise a part of the data would be missing without a word.
public enum ImageFolder {
  private static let readable = ["png", "pgm", "ppm", "pnm"]
  private static let unreadable = [
    "jpg", "jpeg", "gif", "bmp", "tif", "tiff", "webp", "pbm", "heic", "jp2", "avif",
  ]

  /// Reads a folder.
  ///
  /// - Parameters:
  ///   - path: A folder with `train` and `test`, or one of classes.
  ///   - name: What the data set is called; without it, the folder's name.
  ///   - testFraction: The share of samples to test on where the folder does not tell them apart.
  ///   - seed: Of that split.
  /// - Throws: `data` where there are no classes, a class has no picture, pictures are of different
  ///   sizes, or a class to test on is not there to train on: the error names folders, files and sizes.
  ///   `file`, with the path, for a picture that cannot be read. `argument` and `data` as ``DatasetSplit``.
  public static func load(
    _ path: String, name: String? = nil, testFraction: Double = 0.2, seed: UInt64 = 1
  ) throws -> DatasetSplit {
    let name = name ?? URL(fileURLWithPath: path).lastPathComponent
    guard isSplit(path) else {
      let classes = try classNames(path)
      return try DatasetSplit(
        dataset(path, classes, name: name), testFraction: testFraction, seed: seed)
    }
    let (train, test) = (joined(path, "train"), joined(path, "test"))
    let classes = try classNames(train)
    if let unknown = try classNames(test).first(where: { !classes.contains($0) }) {
      throw TidemillError(
        .data,
        "\(test): has the class '\(unknown)', which \(train) has not: what is tested must be "
          + "learned.")
    }
    return try DatasetSplit(
      train: dataset(train, classes, name: name), test: dataset(test, classes, name: name))
  }

  /// Whether a folder has folders in it, and so may be a data set of this kind.
  static func hasFolders(_ path: String) -> Bool {
    (try? entries(path).contains(where: \.isFolder)) ?? false
  }

  private static func isSplit(_ path: String) -> Bool {
    let names = (try? entries(path).filter(\.isFolder).map(\.name)) ?? []
    return names.contains("train") && names.contains("test")
  }

  /// The pictures of all classes; a class may be missing here.
  private static func dataset(_ path: String, _ classes: [String], name: String) throws -> Dataset {
    let present = Set(try classNames(path))
    var files: [(path: String, label: Int32)] = []
    for (label, className) in classes.enumerated() where present.contains(className) {
      let folder = joined(path, className)
      files += try pictures(folder).map { (joined(folder, $0), Int32(label)) }
    }
    let (images, height, width) = try ImageFolderReading.images(files.map(\.path))
    return try Dataset(
      name: name, images: images, labels: Tensor(files.map(\.label)), classes: classes.count,
      imageHeight: height, imageWidth: width, classNames: classes)
  }

  private static func classNames(_ path: String) throws -> [String] {
    let entries = try entries(path)
    if let loose = entries.first(where: { !$0.isFolder && isPicture($0.name) }) {
      throw TidemillError(
        .data,
        "\(path): is taken for a data set of pictures with a folder for each class, but \(loose.name) "
          + "lies beside the folders; move it into one, or give another folder.")
    }
    let names = entries.filter(\.isFolder).map(\.name)
    guard !names.isEmpty else {
      throw TidemillError(.data, "\(path): has no folders of pictures, one for each class.")
    }
    return names
  }

  /// The names of the pictures of a class.
  private static func pictures(_ folder: String) throws -> [String] {
    let entries = try entries(folder)
    if let inner = entries.first(where: \.isFolder) {
      throw TidemillError(
        .data,
        "\(joined(folder, inner.name)): is a folder within a class; pictures must lie right in the "
          + "folder of their class.")
    }
    let names = entries.map(\.name).filter(isPicture)
    if let name = names.first(where: { unreadable.contains(ending($0)) }) {
      throw TidemillError(
        .data,
        "\(joined(folder, name)): is a picture of a format that cannot be read; convert it to PNG.")
    }
    guard !names.isEmpty else {
      throw TidemillError(.data, "\(folder): has no pictures, which end in .png, .pgm or .ppm.")
    }
    return names
  }

  /// What is in a folder, sorted by name, hidden files left out.
  private static func entries(_ path: String) throws -> [(name: String, isFolder: Bool)] {
    let names: [String]
    do { names = try FileManager.default.contentsOfDirectory(atPath: path) } catch {
      throw TidemillError(.data, "\(path): cannot be read as a folder.")
    }
    return names.filter { !$0.hasPrefix(".") }.sorted().map { name in
      var isFolder: ObjCBool = false
      let exists = FileManager.default.fileExists(
        atPath: joined(path, name), isDirectory: &isFolder)
      return (name, exists && isFolder.boolValue)
    }
  }

  private static func isPicture(_ name: String) -> Bool {
    readable.contains(ending(name)) || unreadable.contains(ending(name))
  }

  private static func ending(_ name: String) -> String {
    name.split(separator: ".", omittingEmptySubsequences: false).dropFirst().last?.lowercased()
      ?? ""
  }

  private static func joined(_ folder: String, _ name: String) -> String {
    folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)"
  }
}

/// Reads many pictures of one size.
private enum ImageFolderReading {
  /// - Parameter paths: At least one.
  /// - Returns: float32 of shape `[N, height·width]`.
  static func images(_ paths: [String]) throws -> (images: Tensor, height: Int, width: Int) {
    let first = try Picture(path: paths[0])
    let pixels = first.height * first.width
    var images = try Tensor(zeros: [paths.count, pixels])
    for (index, path) in paths.enumerated() {
      let picture = index == 0 ? first : try Picture(path: path)
      guard picture.height == first.height, picture.width == first.width else {
        throw TidemillError(
          .data,
          "\(path): has \(picture.width) x \(picture.height) pixels, but \(paths[0]) has "
            + "\(first.width) x \(first.height): all pictures of a data set must be of one size.")
      }
      try images.withMutableScalars(as: Float.self) { target in
        try picture.pixels.withScalars(as: Float.self) { source in
          for pixel in 0..<pixels { target[index * pixels + pixel] = source[pixel] }
        }
      }
    }
    return (images, first.height, first.width)
  }
}
