import Foundation
import TidemillCompiler
import TidemillGraph

/// A folder with a file for each plan, named by the digest of what the plan is for.
package struct PlanFolder: PlanStore {
  private let path: String

  /// Files may hold this much at the most; the plan of 10,000 calls has some hundred kilobytes.
  private static let mostBytes = 1 << 28

  /// - Parameter path: Of the folder, which is made where it is missing.
  package init(_ path: String) { self.path = path }

  package func read(_ key: String) throws -> [UInt8]? {
    let file = file(key)
    guard FileManager.default.fileExists(atPath: file) else { return nil }
    return try FileReader.contents(of: file, limit: Self.mostBytes)
  }

  package func write(_ bytes: [UInt8], _ key: String) throws {
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw TidemillError(.file, "\(path): cannot be made: \(error.localizedDescription)")
    }
    try AtomicFile.write(bytes, to: file(key))
  }

  /// The file of a plan.
  package func file(_ key: String) -> String { "\(path)/\(key).plan" }
}
