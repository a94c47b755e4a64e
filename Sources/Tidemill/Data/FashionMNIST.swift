import Foundation
import TidemillGraph

/// Articles of clothing: 60,000 images to train on and 10,000 to test on, 28 x 28 grey pixels.
///
/// Not part of Tidemill: Debian has it as `dataset-fashion-mnist`.
///
/// **Source**: H. Xiao, K. Rasul, R. Vollgraf: Fashion-MNIST, a novel image dataset for
/// benchmarking machine learning algorithms, 2017.
public enum FashionMNIST {
  /// Where Debian's package, or a person, puts the files.
  package static let folders = [
    "/usr/share/datasets/fashion-mnist", "/usr/local/share/datasets/fashion-mnist",
  ]

  /// What the classes are called.
  public static let classNames = [
    "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag",
    "Ankle boot",
  ]

  /// Reads the files; pixels become 0...1.
  ///
  /// - Parameter folder: A folder as ``IDXFolder`` describes; without it, Debian's.
  /// - Throws: `data` where the folder is missing, with what to do about it; as ``IDXFolder``.
  public static func load(folder: String? = nil) throws -> DatasetSplit {
    try load(from: folder.map { [$0] } ?? folders)
  }

  /// Reads the first of these folders that exists.
  package static func load(from folders: [String]) throws -> DatasetSplit {
    guard let folder = folders.first(where: FileManager.default.fileExists(atPath:)) else {
      throw TidemillError(
        .data,
        "Fashion-MNIST is not in \(folders.joined(separator: " or ")). Install it with "
          + "'apt install dataset-fashion-mnist', or give a folder that holds its IDX files.")
    }
    return try IDXFolder.load(
      folder, name: "fashion-mnist", classes: classNames.count, classNames: classNames)
  }
}
