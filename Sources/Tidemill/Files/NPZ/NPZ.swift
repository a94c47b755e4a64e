import TidemillGraph

/// Named arrays in a file: NumPy's NPZ format, as `numpy.savez` and `numpy.savez_compressed` write it.
///
/// A zip archive with an ``NPY`` file for each array, stored or packed by deflate.
///
/// ```swift
/// try NPZ([("x", images), ("y", labels)]).write(to: "set.npz", compressed: true)
/// let images = try NPZ(path: "set.npz")["x"]
/// ```
///
/// **Source**: `numpy.lib.npyio`; .ZIP File Format Specification, PKWARE, version 6.3.10.
public struct NPZ: Sendable {
  /// The arrays, in the order of the file's directory; names are without `.npy`.
  public let arrays: [(name: String, tensor: Tensor)]
  /// How the file had the elements, array by array.
  package let elements: [NPY.Element?]

  /// Bytes that a file may unpack to unless told otherwise: a small file can claim to be huge.
  public static let usualLimit = 1 << 32

  /// Named arrays, to be written in this order.
  ///
  /// - Throws: `file` where two have the same name, or a name is too long for a zip archive.
  public init(_ arrays: [(name: String, tensor: Tensor)]) throws {
    var names: Set<String> = []
    for (name, _) in arrays {
      guard names.insert(name).inserted else {
        throw TidemillError(
          .file, "Two arrays are called '\(name)': an NPZ file needs a name for each.")
      }
      guard (name + Self.ending).utf8.count <= 0xffff else {
        throw TidemillError(
          .file,
          "The name of an array has \(name.utf8.count) bytes, and an NPZ file can hold "
            + "\(0xffff - Self.ending.utf8.count).")
      }
    }
    self.arrays = arrays
    elements = arrays.map { NPY.Element($0.tensor.dtype) }
  }

  /// Reads a file.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - limit: Bytes that all arrays together may unpack to; a file that claims more is refused
  ///     before it is unpacked.
  /// - Throws: `file` where the file cannot be read, is damaged, encrypted, packed in an unknown way,
  ///   has two arrays of one name, unpacks to more than `limit`, or holds what ``NPY`` cannot read, as
  ///   pickled objects: the error names the path, the array and what is wrong.
  public init(path: String, limit: Int = usualLimit) throws {
    try self.init(ByteSource(FileReader(path: path)), limit: limit)
  }

  /// Takes the bytes of a file.
  ///
  /// - Parameter name: What errors call it.
  /// - Throws: `file`, as ``init(path:limit:)``.
  package init(bytes: [UInt8], name: String, limit: Int = usualLimit) throws {
    try self.init(ByteSource(bytes, name: name), limit: limit)
  }

  private init(_ source: ByteSource, limit: Int) throws {
    let archive = try ZipArchive(source, limit: limit)
    for entry in archive.entries where !entry.name.hasSuffix(Self.ending) {
      throw zipFailure(
        source.name, "'\(entry.name.printable())' is no array: its name does not end in .npy")
    }
    let files = try archive.entries.indices.map { index in
      try NPY(
        bytes: archive.contents(index),
        name: "\(source.name): \(archive.entries[index].name.printable())")
    }
    arrays = zip(archive.entries, files).map { entry, file in
      (String(entry.name.dropLast(Self.ending.count)), file.tensor)
    }
    elements = files.map(\.element)
  }

  /// The array of a name, or `nil` where there is none.
  public subscript(name: String) -> Tensor? { arrays.first { $0.name == name }?.tensor }

  /// Writes the file: whole, or not at all and an old one survives.
  ///
  /// - Parameters:
  ///   - path: The file to write or to replace.
  ///   - compressed: Whether arrays are packed, as `numpy.savez_compressed` does.
  /// - Throws: `file`, with the path and the system's reason.
  public func write(to path: String, compressed: Bool = false) throws {
    try write(to: path, compressed: compressed, large: Int(UInt32.max))
  }

  /// - Parameter large: The first size that is written with 64 bits.
  package func write(
    to path: String, compressed: Bool, large: Int, calls: FileCalls = FileCalls()
  ) throws {
    try AtomicFile.write(to: path, calls: calls) { writer in
      var zip = ZipWriter(writer, large: large)
      for (name, tensor) in arrays {
        try NPY(tensor).header().withUnsafeBytes { header in
          try withExtendedLifetime(tensor.storage) {
            try zip.append(
              name + Self.ending, [header, UnsafeRawBufferPointer(tensor.storage.bytes)],
              compressed: compressed)
          }
        }
      }
      try zip.finish()
    }
  }

  private static let ending = ".npy"
}
