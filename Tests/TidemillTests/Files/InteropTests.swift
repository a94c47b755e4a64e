import Foundation
import Testing
import Tidemill
import TidemillTestSupport

/// NPZ files and pictures written here open in NumPy and Pillow, and theirs here, with the same numbers.
@Suite struct InteropTests {
  private static let tensors: [(name: String, tensor: Tensor)] = {
    let all = [
      try? Tensor((0..<24).map { Float($0) / 3 - 3 }, shape: [2, 3, 4]),
      try? Tensor((0..<6).map { 1 / Double($0 + 1) }, shape: [6]),
      try? Tensor([Int32.min, 0, Int32.max], shape: [3, 1]), try? Tensor([Int64.min, Int64.max]),
      try? Tensor([true, false, true]), Tensor(scalar: Float(-0.0)),
      try? Tensor(zeros: [0, 3], .float64),
    ]
    return zip(["f32", "f64", "i32", "i64", "flags", "scalar", "größe"], all).compactMap {
      name, tensor in
      tensor.map { (name, $0) }
    }
  }()

  /// A line for each array: name, type, shape, bytes. In Python the same by NumPy.
  private func described(_ arrays: [(name: String, tensor: Tensor)]) -> String {
    arrays.sorted { $0.name < $1.name }.map { name, tensor in
      let shape = tensor.shape.dimensions.map(String.init).joined(separator: ",")
      let bytes = tensor.storage.bytes.map { String(format: "%02x", $0) }.joined()
      return "\(name) \(tensor.dtype) \(shape) \(bytes)\n"
    }.joined()
  }
  private static let describe = """
    import sys, numpy
    sys.stdout.reconfigure(encoding="utf-8")
    def describe(arrays):
        for name in sorted(arrays.keys()):
            a = numpy.asarray(arrays[name])
            print(name, a.dtype, ",".join(map(str, a.shape)), a.tobytes().hex())

    """

  @Test(
    .enabled(if: InstalledPython.has("numpy"), InstalledPython.needs("numpy")),
    arguments: [
      (false, Int(UInt32.max)), (true, Int(UInt32.max)), (false, 0), (true, 0), (false, 200),
    ])
  func numpyReadsNPZ(compressed: Bool, large: Int) throws {
    let folder = try TemporaryFolder()
    let file = try NPZ(Self.tensors)
    try file.write(to: folder("f.npz"), compressed: compressed, large: large)
    let read = try InstalledPython.run(
      Self.describe + """
        import zipfile
        assert zipfile.ZipFile(sys.argv[1]).testzip() is None
        describe(numpy.load(sys.argv[1], allow_pickle=False))
        """, [folder("f.npz")])
    #expect(read == described(Self.tensors))
    let own = try NPZ(path: folder("f.npz"))
    #expect(described(own.arrays) == read)
    #expect(own.arrays.map(\.name) == Self.tensors.map(\.name))
  }

  @Test(
    .enabled(if: InstalledPython.has("numpy"), InstalledPython.needs("numpy")),
    arguments: ["savez", "savez_compressed"])
  func npzOfNumPyIsRead(function: String) throws {
    let folder = try TemporaryFolder()
    let written = try InstalledPython.run(
      Self.describe + """
        random = numpy.random.default_rng(3)
        arrays = {
            "big": random.normal(size=(300, 70)).astype("f4"), "c": numpy.arange(5),
            "b": numpy.array([True]), "zero": numpy.zeros((3, 0)), "a/b": numpy.float64(2.5),
            "fortran": numpy.asfortranarray(numpy.arange(6, dtype="i4").reshape(2, 3)),
        }
        numpy.\(function)(sys.argv[1], **arrays)
        describe(arrays)
        """, [folder("f.npz")])
    #expect(try described(NPZ(path: folder("f.npz")).arrays) == written)
  }

  @Test(
    .enabled(if: InstalledPython.has("numpy", "PIL"), InstalledPython.needs("numpy and Pillow")))
  func picturesGoBothWays() throws {
    let folder = try TemporaryFolder()
    let grey = (0..<35).map { UInt8($0 * 7) }
    try PNG.write(grey: grey, width: 7, height: 5, to: folder("f.png"))
    let read = try InstalledPython.run(
      Self.describe + """
        from PIL import Image
        a = numpy.asarray(Image.open(sys.argv[1]))
        describe({"grey": a})
        for name in ("g.png", "g.pgm"):
            Image.fromarray(a).save(sys.argv[2] + "/" + name)
        Image.fromarray(a.reshape(5, 7).astype("u2") * 257).save(sys.argv[2] + "/wide.png")
        Image.fromarray(a).convert("RGBA").save(sys.argv[2] + "/rgba.png")
        Image.fromarray(a).convert("P").save(sys.argv[2] + "/palette.png")
        """, [folder("f.png"), folder.path])
    #expect(read == "grey uint8 5,7 \(grey.map { String(format: "%02x", $0) }.joined())\n")
    for name in ["f.png", "g.png", "g.pgm", "wide.png", "rgba.png", "palette.png"] {
      let pixels = try Picture(path: folder(name)).pixels
      #expect(try pixels.scalars(as: Float.self) == grey.map { Float($0) / 255 }, "\(name)")
    }
  }
}
