import Testing
import TidemillGraph
import TidemillTestSupport

/// Tensors as values of Swift: elements, text, copies, and what they refuse.
@Suite struct TensorTests {
  @Test func elements() throws {
    var tensor = try Tensor([1, 2, 3, 4, 5, 6] as [Float], shape: [2, 3])
    #expect(try tensor.value(at: 1, 0) as Float == 4)
    try tensor.set(Float(9), at: 1, 2)
    #expect(try tensor.scalars() == [1, 2, 3, 4, 5, 9] as [Float])
    #expect(try tensor.slice(1..<2).scalars() == [4, 5, 9] as [Float])
    #expect(try tensor.reshaped(to: [3, 2]).value(at: 2, 1) as Float == 9)
    #expect(try Tensor(repeating: true, shape: [2]).doubles == [1, 1])
  }

  /// A copy does not change with the original, in either direction.
  @Test func copiesAreValues() throws {
    let first = try Tensor([1, 2] as [Int32])
    var second = first
    try second.set(7 as Int32, at: 0)
    #expect(first.doubles == [1, 2] && second.doubles == [7, 2])
  }

  @Test func text() throws {
    #expect("\(try Tensor([0.5, 1] as [Float]))" == "float32[2] [0.5, 1.0]")
    #expect(
      "\(try Tensor([1, 2, 3, 4] as [Int32], shape: [2, 2]))" == "int32[2, 2] [[1, 2], [3, 4]]")
    #expect(
      "\(try Tensor([.max, .min, (1 << 53) + 1] as [Int64]))"
        == "int64[3] [9223372036854775807, -9223372036854775808, 9007199254740993]")
    #expect("\(Tensor(scalar: true))" == "bool[] 1")
    #expect("\(try Tensor(zeros: [10, 0]))".hasPrefix("float32[10, 0] [[], "))
    #expect("\(try Tensor(zeros: [10]))".hasSuffix("0.0, … 2 more]"))
  }

  @Test func equality() throws {
    let nan = try Tensor([.nan, 1] as [Float])
    #expect(nan != nan && nan.hasSameBits(as: nan) && !nan.isFinite)
    #expect(try Tensor([0.0 as Float]) == Tensor([-0.0 as Float]))
    #expect(try !Tensor([0.0 as Float]).hasSameBits(as: Tensor([-0.0 as Float])))
    #expect(try Tensor([1] as [Int32]) != Tensor([1] as [Int64]))
    #expect(try Tensor([Double.infinity]).isFinite == false && Tensor([1] as [Int32]).isFinite)
  }

  /// Claims to be a float64, and is not of its size.
  private struct Byte: TensorScalar {
    var value: UInt8 = 0
    static var dtype: DType { .float64 }
  }

  @Test func refusals() throws {
    let tensor = try Tensor([1, 2, 3, 4] as [Float], shape: [2, 2])
    func expect(_ part: String, _ body: () throws -> Any) throws {
      let text = try message(of: body)
      #expect(text.contains(part), "\(text)")
    }
    try expect("shape [2, 3] has 6 elements, but 4 values") {
      try Tensor([1, 2, 3, 4] as [Float], shape: [2, 3])
    }
    try expect("cannot have the shape [-1]") { try Tensor(zeros: [-1]) }
    try expect("cannot have the shape") { try Tensor(zeros: [.max, .max]) }
    try expect("no element at [2, 0]") { try tensor.value(at: 2, 0) as Float }
    try expect("no element at [0]") { try tensor.value(at: 0) as Float }
    try expect("are float32, but were asked for as float64") { try tensor.scalars() as [Double] }
    try expect("no entries 1..<3") { try tensor.slice(1..<3) }
    try expect("cannot be reshaped to [3]") { try tensor.reshaped(to: [3]) }
    try expect("needs a tensor of one element, but this is float32[2, 2]") { try tensor.item() }
    try expect("takes 1 bytes and cannot be the Swift type of float64, which takes 8") {
      try Tensor([Byte(), Byte()])
    }
    try expect("cannot be the Swift type") { try Tensor([1.0]).scalars() as [Byte] }
    #expect(Tensor(scalar: Byte()).doubles.count == 1)
  }

  /// Sizes that cannot be counted are as large as can be, and do not trap.
  @Test func sizesBeyondCounting() {
    #expect(Shape([.max, .max]).count == .max && Shape([.max, .max, 0]).count == 0)
    #expect(TensorType([.max]).byteCount == .max)
    #expect(TensorType([3, 5], .float64).byteCount == 120)
    #expect(!Shape([1 << 50]).isValid && Shape([1 << 50, 0]).isValid == false)
  }
}
