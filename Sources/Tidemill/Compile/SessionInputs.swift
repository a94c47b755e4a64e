import TidemillCompiler
import TidemillGraph
import TidemillRuntime

extension TidemillError.Code {
  /// A run was given too few or too many inputs, or one of another shape or type.
  public static let input = Self("input")
}

/// What an input of a run can be given as: a tensor, or a number for an input of shape `[]`.
public protocol SessionInput {
  /// The tensor or number that it stands for.
  var inputValue: InputValue { get }
}

/// A tensor or a number, for an input of a run.
public enum InputValue: Sendable {
  /// Bound in place, without a copy.
  case tensor(Tensor)
  /// Rounded to the input's type.
  case number(Double)
  /// Converted to the input's type.
  case integer(Int)
}

extension Tensor: SessionInput {
  /// The tensor.
  public var inputValue: InputValue { .tensor(self) }
}

extension Double: SessionInput {
  /// The number.
  public var inputValue: InputValue { .number(self) }
}

extension Float: SessionInput {
  /// The number.
  public var inputValue: InputValue { .number(Double(self)) }
}

extension Int: SessionInput {
  /// The number.
  public var inputValue: InputValue { .integer(self) }
}

/// The inputs of the next run, checked against what the graph declares.
struct SessionInputs {
  private let declared: [Graph.Input]
  /// Memory for numbers, made once.
  private var numbers: [Tensor?]
  private(set) var tensors: [Tensor?]
  /// Which tensors have a slice for each step.
  private(set) var areSliced: [Bool]
  /// How many steps the next run has, where tensors may have a slice for each.
  var steps: Int?

  init(_ declared: [Graph.Input]) {
    self.declared = declared
    numbers = Array(repeating: nil, count: declared.count)
    tensors = Array(repeating: nil, count: declared.count)
    areSliced = Array(repeating: false, count: declared.count)
  }

  /// The shape of an input in one step; `nil` where none is set.
  func shape(at position: Int) -> Shape? {
    guard let shape = tensors[position]?.shape else { return nil }
    return areSliced[position] ? Shape(Array(shape.dimensions.dropFirst())) : shape
  }

  /// Lets go of the tensors, so that their owners can write to them in place.
  mutating func release() {
    for position in tensors.indices { tensors[position] = nil }
  }

  func checkCount(_ count: Int) throws {
    guard count == declared.count else {
      let names = declared.map { "\($0.name): \($0.type)" }.joined(separator: ", ")
      throw TidemillError(
        .input, "The graph has \(declared.count) inputs (\(names)), but \(count) were given.")
    }
  }

  mutating func set(_ value: InputValue, at position: Int) throws {
    switch value {
    case .tensor(let tensor): try set(tensor, at: position)
    case .number(let number):
      try set(number, Int64(saturating: number), at: position)
    case .integer(let integer):
      try set(Double(integer), Int64(integer), at: position)
    }
  }

  /// Any number of entries along the first axis will do; all else must be as declared.
  private mutating func set(_ tensor: Tensor, at position: Int) throws {
    let input = declared[position]
    let wanted = input.type.shape
    areSliced[position] =
      tensor.shape.rank == wanted.rank + 1 && tensor.shape.dimensions.first == steps
    let found =
      areSliced[position] ? Shape(Array(tensor.shape.dimensions.dropFirst())) : tensor.shape
    guard tensor.dtype == input.type.dtype else {
      throw TidemillError(
        .input, "Input '\(input.name)' is \(input.type), but a tensor of \(tensor.dtype) was given."
      )
    }
    guard wanted.rank == found.rank else {
      throw TidemillError(
        .input,
        "Input '\(input.name)' is \(input.type), with \(wanted.rank) axes, but the tensor given has "
          + "shape \(found)."
          + (steps.map { " A tensor for \($0) steps has one more axis, of \($0), in front." } ?? "")
      )
    }
    for axis in 1..<max(wanted.rank, 1) where wanted.dimensions[axis] != found.dimensions[axis] {
      throw TidemillError(
        .input,
        "Input '\(input.name)', axis \(axis): expected \(wanted.dimensions[axis]), found "
          + "\(found.dimensions[axis]) in a tensor of shape \(found). Only axis 0 may differ.")
    }
    tensors[position] = tensor
  }

  /// A number as floating point and as an integer, of which the input's type takes one.
  private mutating func set(_ number: Double, _ integer: Int64, at position: Int) throws {
    let input = declared[position]
    guard input.type.shape.rank == 0 else {
      throw TidemillError(
        .input, "Input '\(input.name)' is \(input.type), but a single number was given.")
    }
    // Given back first, so that the memory is written in place.
    tensors[position] = nil
    areSliced[position] = false
    var tensor = try numbers[position] ?? Tensor(zeros: .scalar, input.type.dtype)
    numbers[position] = nil
    switch input.type.dtype {
    case .float32: try tensor.withMutableScalars { $0[0] = Float(number) }
    case .float64: try tensor.withMutableScalars { $0[0] = number }
    case .int32: try tensor.withMutableScalars { $0[0] = Int32(clamping: integer) }
    case .int64: try tensor.withMutableScalars { $0[0] = integer }
    case .bfloat16: try tensor.withMutableScalars { $0[0] = BFloat16(number) }
    default: try tensor.withMutableScalars { $0[0] = number != 0 }
    }
    numbers[position] = tensor
    tensors[position] = tensor
  }
}
