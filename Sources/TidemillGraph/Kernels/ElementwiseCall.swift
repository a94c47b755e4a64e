import CKernels

/// A tile program: a chain of scalar functions applied to every element of an iteration space.
///
/// Operands are views of the shape of the iteration space: contiguous, broadcast (stride 0), transposed,
/// sliced. Nothing between the first input and the last output goes to memory.
package struct ElementwiseCall: StreamingCall {
  /// Something an instruction reads.
  package enum Input: Hashable, Sendable {
    case view(View)
    /// A number, in the bits of its type.
    case immediate(UInt64, DType)

    /// The same number, or another view.
    func mapping(_ change: (View) -> View) -> Input {
      if case .view(let view) = self { .view(change(view)) } else { self }
    }
  }

  package struct Output: Hashable, Sendable {
    package var view: View
    package var register: Int

    package init(view: View, register: Int) {
      self.view = view
      self.register = register
    }
  }

  /// A register of which each run of `row` elements is reduced to one, the last run over what is left.
  ///
  /// Bit for bit what ``ReduceCall`` makes of the elements.
  package struct Reduction: Hashable, Sendable {
    package let function: ReduceCall.Function
    package let register: Int
    package let row: Int
    /// Contiguous `[rows]`.
    package var view: View

    package init(_ function: ReduceCall.Function, register: Int, row: Int, view: View) {
      (self.function, self.register, self.row, self.view) = (function, register, row, view)
    }
  }

  /// The iteration space; adjacent axes that every operand walks as one are one.
  package private(set) var dimensions: [Int]
  package private(set) var inputs: [Input]
  package private(set) var outputs: [Output]
  package private(set) var reduction: Reduction?
  package let code: [tm_instruction]
  package let registerCount: Int
  package var streaming = Streaming.standard

  /// - Parameters:
  ///   - shape: The iteration space; every view has this shape.
  ///   - code: Registers `0 ..< inputs.count` are the inputs, later ones temporaries.
  package init(
    shape: [Int], inputs: [Input], outputs: [Output], reduction: Reduction? = nil,
    code: [tm_instruction], registerCount: Int
  ) {
    dimensions = shape
    self.inputs = inputs
    self.outputs = outputs
    self.reduction = reduction
    self.code = code
    self.registerCount = registerCount
    collapse()
  }

  /// Copies elements from one view to another of the same shape.
  package static func copy(_ source: View, to target: View) -> ElementwiseCall {
    ElementwiseCall(
      shape: target.shape, inputs: [.view(source)], outputs: [Output(view: target, register: 1)],
      code: [.init(TM_COPY, target.dtype, result: 1, x: 0)], registerCount: 2)
  }

  /// Writes a number everywhere.
  package static func fill(_ target: View, with bits: UInt64) -> ElementwiseCall {
    ElementwiseCall(
      shape: target.shape, inputs: [.immediate(bits, target.dtype)],
      outputs: [Output(view: target, register: 1)],
      code: [.init(TM_COPY, target.dtype, result: 1, x: 0)], registerCount: 2)
  }

  package var kernelName: String { "elementwise" }

  package var reads: [View] {
    inputs.compactMap { if case .view(let view) = $0 { view } else { nil } }
  }

  package var writes: [View] { outputs.map(\.view) + (reduction.map { [$0.view] } ?? []) }

  private var count: Int { dimensions.reduce(1, *) }

  package var cost: Cost {
    let weight = code.reduce(reduction == nil ? 0 : 1) { $0 + ScalarFunction.weight(of: $1) }
    let bytes = (reads + writes).reduce(0) { $0 + $1.distinctBytes }
    return Cost(flops: weight * Double(count), bytes: Double(bytes))
  }

  package var workspaceBytes: Int { tm_elementwise_workspace(UInt32(registerCount)) }

  package var streams: Bool { streaming.pays(cost) }

  package func mayWriteInPlace(ofRead read: Int) -> Bool {
    let view = reads[read]
    return view.isContiguous && view.count == count
  }

  private var inner: Int { dimensions.dropFirst().reduce(1, *) }

  /// Axis: row-major positions in the iteration space, cut between rows where there are enough of them, and never
  /// inside of one that is reduced.
  package func tiles(atMost most: Int) -> [Tile] {
    if let row = reduction?.row {
      return split(self.count, into: most, grain: row * max(512 / row, 1)).map { Tile($0) }
    }
    // A copy that turns axes is done by squares, for which it needs whole rows.
    let count = turnsAxes ? min(most, max(dimensions[0], 1)) : most
    let grain = dimensions.count > 1 && dimensions[0] >= count ? inner : 512
    return split(self.count, into: count, grain: max(grain, 1)).map { Tile($0) }
  }

  package func work(of tile: Tile) -> Work {
    var work = Work(.elementwise)
    let (dtype, count) = (writes.first?.dtype ?? .float32, Double(tile.first.count))
    work.add(code, count: count, of: dtype)
    if reduction != nil { work.add(.simple, count: count, of: dtype) }
    return work
  }

  private var turnsAxes: Bool {
    guard code.count == 1, code[0].opcode == UInt8(TM_COPY.rawValue), dimensions.count > 1,
      let source = reads.first
    else { return false }
    return !source.isContiguous
  }

  package func touched(by tile: Tile) -> (reads: [View], writes: [View]) {
    var writes = outputs.map { part(of: $0.view, tile) }
    if let reduction {
      let (low, high) = (tile.first.lowerBound, tile.first.upperBound)
      let rows = low / reduction.row..<(high + reduction.row - 1) / reduction.row
      writes.append(reduction.view.sliced(axis: 0, rows))
    }
    return (reads.map { part(of: $0, tile) }, writes)
  }

  private func part(of view: View, _ tile: Tile) -> View {
    if view.isContiguous {
      var part = view
      part.offset += tile.first.lowerBound
      part.shape = [tile.first.count]
      part.strides = [1]
      return part
    }
    guard dimensions.count > 1, inner > 0 else {
      return dimensions.isEmpty ? view : view.sliced(axis: 0, tile.first)
    }
    let rows = tile.first.lowerBound / inner..<(tile.first.upperBound + inner - 1) / inner
    return view.sliced(axis: 0, rows)
  }

  package func kernel(in table: tm_kernel_table) -> tm_kernel { table.elementwise }

  package func arguments(
    of tile: Tile, in encoder: borrowing ArgumentEncoder
  ) -> UnsafeRawPointer {
    var arguments = tm_elementwise_arguments()
    arguments.inputs = encoder.store(inputs.map { $0.operand(in: encoder, linear: true) })
    arguments.outputs = encoder.store(outputs.map { $0.operand(in: encoder, linear: true) })
    arguments.code = encoder.store(code)
    let dimensions = dimensions.isEmpty ? [1] : dimensions
    withUnsafeMutableBytes(of: &arguments.dims) { bytes in
      let dims = bytes.bindMemory(to: Int64.self)
      for (axis, extent) in dimensions.enumerated() { dims[axis] = Int64(extent) }
    }
    if let reduction {
      arguments.reduction.out = encoder.reference(to: reduction.view)
      arguments.reduction.row = Int64(reduction.row)
      arguments.reduction.reduction = reduction.function.kernelCode
      arguments.reduction.type = reduction.view.dtype.kernelCode
      arguments.reduction.reg = UInt8(truncatingIfNeeded: reduction.register)
    }
    arguments.rank = UInt32(dimensions.count)
    arguments.streams = streams
    arguments.begin = Int64(tile.first.lowerBound)
    arguments.end = Int64(tile.first.upperBound)
    arguments.input_count = UInt32(inputs.count)
    arguments.output_count = UInt32(outputs.count)
    arguments.instruction_count = UInt32(code.count)
    arguments.register_count = UInt32(registerCount)
    return encoder.store(arguments)
  }

  package func replacing(_ replacement: (BufferID) -> BufferID) -> ElementwiseCall {
    var call = self
    call.inputs = inputs.map { $0.mapping { $0.replacing(replacement) } }
    for index in outputs.indices {
      call.outputs[index].view.buffer = replacement(outputs[index].view.buffer)
    }
    if let reduction { call.reduction?.view.buffer = replacement(reduction.view.buffer) }
    return call
  }

  /// Drops axes of extent 1 and joins neighbours that continue one another in every view.
  private mutating func collapse() {
    let views = reads + outputs.map(\.view)
    var groups: [[Int]] = []
    for axis in dimensions.indices where dimensions[axis] != 1 {
      let joins =
        groups.last.map { group in
          let previous = group[group.count - 1]
          return views.allSatisfy {
            $0.strides[previous] == $0.strides[axis] * dimensions[axis]
          }
        } ?? false
      if joins { groups[groups.count - 1].append(axis) } else { groups.append([axis]) }
    }
    let extents = groups.map { $0.reduce(1) { $0 * dimensions[$1] } }
    func collapsed(_ view: View) -> View {
      var result = view
      result.shape = extents
      result.strides = groups.map { view.strides[$0[$0.count - 1]] }
      return result
    }
    inputs = inputs.map { $0.mapping(collapsed) }
    for index in outputs.indices { outputs[index].view = collapsed(outputs[index].view) }
    dimensions = extents
  }
}

extension tm_instruction {
  /// An instruction on registers; `from` is the operands' type where it is not the result's.
  package init(
    _ opcode: tm_opcode, _ type: DType, from: DType? = nil, result: Int, x: Int = 0, y: Int = 0,
    z: Int = 0, parameters: (Int, Int) = (0, 0)
  ) {
    self.init()
    self.opcode = UInt8(truncatingIfNeeded: opcode.rawValue)
    self.type = type.kernelCode
    self.from = (from ?? type).kernelCode
    self.result = UInt8(truncatingIfNeeded: result)
    self.x = UInt8(truncatingIfNeeded: x)
    self.y = UInt8(truncatingIfNeeded: y)
    self.z = UInt8(truncatingIfNeeded: z)
    parameter = (Int64(parameters.0), Int64(parameters.1))
  }
}
