import Foundation
import Testing
import TidemillFuzz

/// What fuzzing has found, and inputs that reach all that it reaches, hold without libFuzzer too.
@Suite struct ReplayTests {
  @Test(arguments: FuzzTarget.all.map(\.name))
  func corpusHolds(_ name: String) throws {
    let target = try #require(FuzzTarget(name))
    let folder = Bundle.module.bundleURL.appending(path: "Corpus/\(name)")
    let files = try FileManager.default.contentsOfDirectory(
      at: folder, includingPropertiesForKeys: nil)
    #expect(files.count >= 5, "\(name): the corpus is missing")
    for file in files.sorted(by: { $0.path < $1.path }) {
      let bytes = [UInt8](try Data(contentsOf: file))
      #expect(throws: Never.self, "\(name)/\(file.lastPathComponent)") {
        try target.check(bytes)
      }
    }
  }

  @Test func corpusHasNoFolderWithoutTarget() throws {
    let folders = try FileManager.default.contentsOfDirectory(
      atPath: Bundle.module.bundleURL.appending(path: "Corpus").path)
    #expect(Set(folders) == Set(FuzzTarget.all.map(\.name)))
  }
}
