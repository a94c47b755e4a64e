import TidemillGraph

/// One tensor in a file: NumPy's NPY format, as `numpy.save` writes it and `numpy.load` reads it.
///
/// `\x93NUMPY`; two bytes for the version; the length of the header, little-endian, in two bytes in
/// version 1.0 and in four in 2.0 and 3.0; the header, a Python dictionary of element type, order
/// and shape, padded with spaces and a line feed to 64 bytes; then the elements.
///
/// ```swift
/// try NPY(weight).write(to: "weight.npy")
/// let weight = try NPY(path: "weight.npy").tensor
/// ```
///
/// **Source**: the format's description in `numpy.lib.format`, and NEP 1 of NumPy.
public struct NPY: Sendable {
  /// The tensor.
  public let tensor: Tensor
  /// How the file had its elements, or will have them; `nil` where none are like them.
  package let element: Element?

  /// What the elements are called, of the file or of the tensor.
  package var elementName: String { element.map { "\($0)" } ?? "\(tensor.dtype)" }

  /// A tensor, to be written.
  public init(_ tensor: Tensor) { self.init(tensor, element: Element(tensor.dtype)) }

  init(_ tensor: Tensor, element: Element?) { (self.tensor, self.element) = (tensor, element) }

  /// What a file begins with.
  package static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)

  /// Bytes a header may have, as NumPy reads it where files are not trusted.
  package static let maximumHeaderLength = 10_000
}
