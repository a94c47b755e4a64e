import ArgumentParser
import Foundation
import Tidemill

/// A file that is written at the end of a long run.
enum OutputFile {
  /// Finds out before the run what would keep a file from being written.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - option: The option that names it, such as `--save`.
  /// - Throws: `ValidationError` where the path is empty or `-`, its folder is missing or refuses new
  ///   files, or it is a folder or a device.
  static func check(_ path: String, _ option: String) throws {
    guard !path.isEmpty else {
      throw ValidationError("\(option) is empty: give the path of a file.")
    }
    guard path != "-" else {
      throw ValidationError(
        "\(option) cannot be written to standard output: give the path of a file, or ./- for one "
          + "of that name.")
    }
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder), isFolder.boolValue
    else {
      throw ValidationError("\(path) cannot be written: there is no folder \(folder).")
    }
    do { try AtomicFile.check(path) } catch let error as TidemillError {
      throw ValidationError("\(option): \(error.message)")
    }
  }

  /// Finds out before the run whether a file's name says another format than it gets.
  ///
  /// - Parameter ending: What it must end in, in small letters or large ones, such as `.png`.
  /// - Throws: `ValidationError`.
  static func check(_ path: String, _ option: String, endsIn ending: String) throws {
    guard path.lowercased().hasSuffix(ending) else {
      throw ValidationError(
        "\(option): \(path): a picture of this kind is written to a file that ends in \(ending).")
    }
  }

  /// Finds out before the run whether two files are one, which would keep only what is written last.
  ///
  /// - Parameter files: Paths, with the options that name them.
  /// - Throws: `ValidationError`.
  static func checkDistinct(_ files: [(path: String, option: String)]) throws {
    var options: [String: String] = [:]
    for (path, option) in files {
      guard let other = options.updateValue(option, forKey: try AtomicFile.target(of: path)) else {
        continue
      }
      throw ValidationError(
        "\(other) and \(option) are the same file, \(path): give each a file of its own.")
    }
  }
}
