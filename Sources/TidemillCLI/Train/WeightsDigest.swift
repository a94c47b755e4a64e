import Crypto
import Tidemill

/// A number that two trainings share if all their weights have the same bits.
enum WeightsDigest {
  /// SHA-256 of all parameters in the order of the network, as little-endian float32.
  static func sha256(of store: ParameterStore) throws -> String {
    var hasher = SHA256()
    for (_, tensor) in try store.tensors {
      let bits = try tensor.scalars(as: Float.self).map(\.bitPattern.littleEndian)
      bits.withUnsafeBytes { hasher.update(bufferPointer: $0) }
    }
    return hasher.finalize().map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }
      .joined()
  }
}
