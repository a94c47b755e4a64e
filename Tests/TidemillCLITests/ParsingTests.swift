import ArgumentParser
import Testing
import TidemillCLI

@Suite("Parsing of options")
struct ParsingTests {
  @Test(
    "Sizes in bytes",
    arguments: [
      ("64MiB", 67_108_864), ("1GiB", 1_073_741_824), ("500kB", 500_000), ("1000000", 1_000_000),
      ("1.5 KiB", 1536), ("7b", 7), ("2TB", 2_000_000_000_000),
    ])
  func byteSizes(text: String, bytes: Int) throws {
    #expect(try ByteSize.parse(text) == bytes)
  }

  @Test(
    "What is no size",
    arguments: ["", "MiB", "64 parsecs", "-1", "0", "1e3", "nan", "99999999TiB", "1.2.3", "0x10"])
  func wrongByteSizes(text: String) {
    #expect(throws: ValidationError.self) { try ByteSize.parse(text) }
  }

  @Test(
    "Sizes of hidden layers",
    arguments: [("256,128", [256, 128]), ("64", [64]), ("none", []), ("3, 5", [3, 5])])
  func hiddenSizes(text: String, sizes: [Int]) throws {
    #expect(try HiddenSizes.parse(text) == sizes)
  }

  @Test("What is no list of sizes", arguments: ["", "256,", "a", "0", "-5", "1.5", "2000000"])
  func wrongHiddenSizes(text: String) {
    #expect(throws: ValidationError.self) { try HiddenSizes.parse(text) }
  }
}
