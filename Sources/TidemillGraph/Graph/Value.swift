/// A symbol in a graph: the result of an operation, with a shape and a type but no numbers yet.
///
/// Values are combined with operators and methods; see the groups below. Operands broadcast by NumPy's rule.
///
/// ```swift
/// let hidden = (images.matmul(weight) + bias).relu()
/// ```
public struct Value {
  package let builder: GraphBuilder
  /// `nil` for the result of a wrong operation.
  package let id: NodeID?

  package init(builder: GraphBuilder, id: NodeID?) {
    self.builder = builder
    self.id = id
  }

  /// Shape and element type; a float32 scalar for the result of a wrong operation.
  public var type: TensorType {
    id.map { builder.nodes[$0.index].type } ?? TensorType(.scalar, .float32)
  }

  /// The extents.
  public var shape: Shape { type.shape }

  /// The type of the elements.
  public var dtype: DType { type.dtype }

  /// Whether the operations that led here fit together; if not, compiling will say what is wrong.
  public var isValid: Bool { id != nil }

  /// A negative axis counts from the last, by NumPy's rule; one that is outside stays as it is, so that
  /// messages name it as it was given.
  package func countedFromFront(_ axis: Int) -> Int {
    axis < 0 && axis >= -shape.rank ? axis + shape.rank : axis
  }

  /// The same number everywhere, with this value's shape and type.
  /// What `body` makes of it, rounded once where it is of a type that is only stored: `body` then gets it as float32.
  package func widened(_ body: (Value) -> Value) -> Value {
    dtype.isStorageOnly ? body(cast(to: .float32)).cast(to: dtype) : body(self)
  }

  package func like(_ number: Double) -> Value {
    id == nil ? self : builder.fill(number, shape, dtype)
  }
}
