import Foundation

/// A file of the folder `Goldens` of a test target, which Package.swift names as its resource.
///
/// Goldens are numbers and files that other programs made; the script that made them is in the folder too.
///
/// - Parameters:
///   - path: In that folder.
///   - bundle: The test target's `Bundle.module`.
/// - Throws: `CheckFailure` where there is none.
package func goldenFile(_ path: String, in bundle: Bundle) throws -> URL {
  let file = bundle.resourceURL?.appending(path: "Goldens/\(path)")
  guard let file, FileManager.default.fileExists(atPath: file.path) else {
    throw CheckFailure("there is no \(path) among the goldens of \(bundle.bundlePath)")
  }
  return file
}
