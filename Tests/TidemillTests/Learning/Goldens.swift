import Foundation

/// Numbers that PyTorch computed: files in the folder `Goldens`, written by the script there.
enum Goldens {
  static func read<Content: Decodable>(_ name: String, as type: Content.Type) throws -> Content {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Goldens")
    return try JSONDecoder().decode(type, from: Data(contentsOf: folder.appending(path: name)))
  }
}
