import Foundation
import TidemillTestSupport

/// Numbers that PyTorch or scikit-learn computed: files in folders of `Goldens`, written by the scripts there.
enum Goldens {
  static func read<Content: Decodable>(
    _ name: String, as type: Content.Type, of part: String = "Learning"
  ) throws -> Content {
    let file = try goldenFile("\(part)/\(name)", in: .module)
    return try JSONDecoder().decode(type, from: Data(contentsOf: file))
  }
}
