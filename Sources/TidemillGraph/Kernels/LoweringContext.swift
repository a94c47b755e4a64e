/// What an operation sees while it is lowered to kernel calls.
package protocol LoweringContext: AnyObject {
  /// An operand, in whatever layout it has.
  func operand(_ index: Int) -> View
  /// An operand with its elements one after the other in row-major order; copied if they are not.
  func contiguous(_ index: Int) -> View
  /// Where the result goes: contiguous.
  var result: View { get }
  /// Memory for a step in between: contiguous.
  func temporary(_ type: TensorType) -> View
  /// Sizes for matrix products on the machine that will run the program.
  var blocks: GemmBlocks { get }
  /// Adds a call to the program.
  func emit(_ call: any KernelCall)
}

/// Where a value comes from that no kernel computes.
package enum Source: Hashable, Sendable {
  /// Bound to the caller's memory at each run.
  case input(name: String)
  /// Lives in a session's store.
  case state(StateKey)
  /// Part of the executable.
  case constant(ConstantData)
}

/// How an operation becomes part of a program.
package enum Lowering {
  case source(Source)
  /// The same number everywhere, in the bits of its type.
  case fill(UInt64)
  /// One function of the operands' elements; operands and result have one shape.
  case elementwise(ScalarFunction)
  /// The operand's memory seen in another way; `nil` where that takes a contiguous operand.
  case view((View) -> View?)
  /// Kernel calls of its own.
  case calls((any LoweringContext) -> Void)
}
