import Foundation
import TidemillTestSupport

/// Numbers that PyTorch computed: files in the folder `Goldens/Learning`, written by the script there.
enum Goldens {
  static func read<Content: Decodable>(_ name: String, as type: Content.Type) throws -> Content {
    let file = try goldenFile("Learning/\(name)", in: .module)
    return try JSONDecoder().decode(type, from: Data(contentsOf: file))
  }
}
