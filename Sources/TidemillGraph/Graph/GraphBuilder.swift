/// Records operations while a closure is traced, and becomes a graph.
///
/// Nothing here throws or traps: a wrong operation records a diagnostic and yields an invalid value, on
/// which every further operation is silent; compiling throws all diagnostics together.
public final class GraphBuilder {
  package private(set) var nodes: [Node] = []
  package private(set) var inputs: [Graph.Input] = []
  // Positions, as a value holds its builder, which would then hold itself for ever.
  private var assignments: [Graph.Assignment] = []
  private var guards: [Graph.Guard] = []
  private var diagnostics: [String] = []
  private var scopes: [String] = []
  private var randomStreams = 0
  /// Each layer before those in it.
  package private(set) var layers: [LayerRecord] = []
  /// One node for each state, so that what is read in two places is one symbol to gradients.
  private var reads: [StateKey: NodeID] = [:]
  /// Shapes of inputs that a caller brings, in place of those that the closure declares.
  private let inputShapes: [String: Shape]

  package init(inputShapes: [String: Shape] = [:]) { self.inputShapes = inputShapes }

  // MARK: Sources

  /// A tensor that each run brings along.
  ///
  /// - Parameters:
  ///   - name: Must be new in this graph.
  ///   - shape: The first axis is the batch: a run may bring another number of entries there, and gets
  ///     an executable of its own for it.
  ///   - dtype: The type of its elements.
  public func input(_ name: String, _ shape: Shape, _ dtype: DType = .float32) -> Value {
    guard !inputs.contains(where: { $0.name == name }) else {
      return diagnose("input '\(name)': there is already an input of this name.")
    }
    let shape = inputShapes[name] ?? shape
    guard shape.isValid else {
      return diagnose("input '\(name)': the shape \(shape) is not possible.")
    }
    let type = TensorType(shape, dtype)
    inputs.append(Graph.Input(name: name, type: type))
    return apply(InputOperation(source: .input(name: name), type: type))
  }

  /// The numbers of a parameter as they are before the run, whatever is assigned in it.
  public func read(_ parameter: Parameter) -> Value { read(StateKey(parameter)) }

  package func read(_ key: StateKey) -> Value {
    if let known = reads[key] { return Value(builder: self, id: known) }
    let value = apply(InputOperation(source: .state(key), type: key.type))
    reads[key] = value.id
    return value
  }

  /// A tensor that is part of the graph.
  public func constant(_ tensor: Tensor) -> Value {
    apply(InputOperation(source: .constant(ConstantData(tensor)), type: tensor.type))
  }

  /// The same number everywhere.
  ///
  /// - Parameters:
  ///   - value: Rounded to `dtype`; for integers it must be one.
  ///   - shape: A scalar, if left out.
  ///   - dtype: The type of its elements.
  public func fill(_ value: Double, _ shape: Shape = .scalar, _ dtype: DType = .float32) -> Value {
    guard shape.isValid else { return diagnose("fill: the shape \(shape) is not possible.") }
    guard !dtype.isInteger || value == value.rounded() else {
      return diagnose("fill: \(value) is no \(dtype); cast the values to floating point first.")
    }
    return apply(Fill(value, TensorType(shape, dtype)))
  }

  // MARK: Results and effects

  /// Makes `value` the parameter's number once the run has succeeded.
  public func assign(_ parameter: Parameter, _ value: Value) {
    assign(StateKey(parameter), value)
  }

  package func assign(_ key: StateKey, _ value: Value) {
    guard let value = owned(value, by: "assign"), let id = value.id else { return }
    guard value.type == key.type else {
      diagnose("assign to '\(key.name)': it is \(key.type), but the new value is \(value.type).")
      return
    }
    guard !assignments.contains(where: { $0.key == key }) else {
      diagnose("assign to '\(key.name)': it is assigned twice in one graph.")
      return
    }
    assignments.append(Graph.Assignment(key: key, value: id))
  }

  /// Makes a run fail, leaving all state as it was, where `value` is NaN or infinite.
  public func requireFinite(_ value: Value, _ name: String) {
    guard let value = owned(value, by: "requireFinite"), let id = value.id else { return }
    guard value.dtype.isFloatingPoint else {
      diagnose("requireFinite '\(name)': it is \(value.dtype), which is always finite.")
      return
    }
    // Of a type that is only stored, what is checked are its numbers as float32.
    let checked = value.dtype.isStorageOnly ? value.cast(to: .float32).id : id
    guards.append(Graph.Guard(value: checked ?? id, name: name))
  }

  /// Puts a name on the operations that `body` records, for errors, profiles and pictures.
  public func scope<R>(_ name: String, _ body: () throws -> R) rethrows -> R {
    scopes.append(name)
    defer { scopes.removeLast() }
    return try body()
  }

  /// Keeps what `body` records of a layer; in the scope that is the layer's name.
  package func recordLayer(
    _ kind: String, isActivation: Bool, _ parameters: [Parameter], _ input: Value,
    _ body: () -> Value
  ) -> Value {
    let (place, first) = (layers.count, nodes.count)
    func record(_ output: NodeID?) -> LayerRecord {
      LayerRecord(
        scope: scopes.joined(separator: "/"), kind: kind, isActivation: isActivation,
        parameters: parameters, input: input.id, output: output, nodes: first..<nodes.count)
    }
    layers.append(record(nil))
    let output = body()
    layers[place] = record(output.builder === self ? output.id : nil)
    return output
  }

  // MARK: Building

  /// Records an operation, or a diagnostic where its operands do not fit.
  package func apply(_ operation: any Operation, _ operands: Value...) -> Value {
    apply(operation, operands)
  }

  package func apply(_ operation: any Operation, _ operands: [Value]) -> Value {
    var ids: [NodeID] = []
    for operand in operands {
      guard let operand = owned(operand, by: operation.name), let id = operand.id else {
        return invalid
      }
      ids.append(id)
    }
    do throws(Mistake) {
      let type = try operation.checkedResultType(of: ids.map { nodes[$0.index].type })
      guard type.shape.isValid else {
        throw Mistake("the result would have the shape \(type.shape), which is not possible.")
      }
      return append(
        Node(
          operation: operation, operands: ids, type: type,
          scope: scopes.joined(separator: "/")))
    } catch {
      return diagnose("\(operation.name): \(error.message)")
    }
  }

  private func append(_ node: Node) -> Value {
    nodes.append(node)
    return Value(builder: self, id: NodeID(nodes.count - 1))
  }

  /// A number for an operation that makes random numbers: the same at every trace of the same closure.
  package func nextRandomStream() -> Int {
    defer { randomStreams += 1 }
    return randomStreams
  }

  /// A value on which operations do nothing.
  package var invalid: Value { Value(builder: self, id: nil) }

  /// Records a mistake, with the scope it was made in.
  @discardableResult
  package func diagnose(_ message: String) -> Value {
    let place = scopes.isEmpty ? "" : "in \(scopes.joined(separator: "/")): "
    diagnostics.append(place + message)
    return invalid
  }

  /// The value, or nothing where it is invalid or, which is recorded, of another graph.
  func owned(_ value: Value, by user: String) -> Value? {
    guard value.builder === self else {
      diagnose("\(user): an operand belongs to another graph; read or compute it in this one.")
      return nil
    }
    return value.id == nil ? nil : value
  }

  /// The graph of everything recorded.
  ///
  /// - Throws: `graph` with every diagnostic, a line each.
  package func graph(outputs: [Value]) throws -> Graph {
    let outputs = outputs.compactMap { owned($0, by: "output")?.id }
    guard diagnostics.isEmpty else {
      throw TidemillError(.graph, diagnostics.joined(separator: "\n"))
    }
    return Graph(
      nodes: nodes, inputs: inputs, outputs: outputs,
      assignments: assignments, guards: guards)
  }
}
