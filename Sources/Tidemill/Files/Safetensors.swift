import TidemillGraph

/// Named tensors in a file: the safetensors format, as Python's package of that name reads it.
///
/// Eight bytes for the length of the header, little-endian; the header, a JSON object with type,
/// shape and place of each tensor, padded with spaces to eight bytes; then the tensors without
/// holes, row major and little-endian.
///
/// ```swift
/// try Safetensors([("layer.weight", weight)]).write(to: "digits.safetensors")
/// let weight = try Safetensors(path: "digits.safetensors")["layer.weight"]
/// ```
///
/// **Source**: the format's description, <https://github.com/huggingface/safetensors>.
public struct Safetensors: Sendable {
  /// The tensors, in the order of their places in the file.
  public let tensors: [(name: String, tensor: Tensor)]
  /// Texts about the tensors.
  public let metadata: [String: String]

  /// Named tensors, to be written in this order.
  ///
  /// - Throws: `file` where two have the same name, or one is called `__metadata__`.
  public init(
    _ tensors: [(name: String, tensor: Tensor)], metadata: [String: String] = [:]
  ) throws {
    var names: Set<String> = []
    for (name, _) in tensors {
      guard name != Self.metadataName else {
        throw TidemillError(.file, "A tensor cannot be called \(name): safetensors reserves it.")
      }
      guard names.insert(name).inserted else {
        throw TidemillError(
          .file, "Two tensors are called '\(name)': a safetensors file needs a name for each.")
      }
    }
    self.tensors = tensors
    self.metadata = metadata
  }

  /// The tensor of a name, or `nil` where there is none.
  public subscript(name: String) -> Tensor? { tensors.first { $0.name == name }?.tensor }

  /// The member of the header that is no tensor.
  static let metadataName = "__metadata__"

  /// Bytes a header may have, as in the format's own library.
  package static let maximumHeaderLength = 100_000_000

  /// What the format calls the element types that there are here.
  static func formatName(of dtype: DType) -> String {
    switch dtype {
    case .float32: "F32"
    case .float64: "F64"
    case .int32: "I32"
    case .int64: "I64"
    case .bfloat16: "BF16"
    default: "BOOL"
    }
  }
}
