import ArgumentParser
import Foundation

/// A file that is written at the end of a long run.
enum OutputFile {
  /// Finds a mistyped folder before the run.
  ///
  /// - Throws: `ValidationError` where there is no such folder.
  static func checkFolder(of path: String) throws {
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder), isFolder.boolValue
    else {
      throw ValidationError("\(path) cannot be written: there is no folder \(folder).")
    }
  }
}
