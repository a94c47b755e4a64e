import CKernels

/// What becomes of a product before it goes to memory: a tile program over its sums, tile by tile.
///
/// Operands are views of shape `[B, M, N]`, as the product.
package struct GemmEpilogue: Sendable {
  package private(set) var inputs: [ElementwiseCall.Input]
  package private(set) var outputs: [ElementwiseCall.Output]
  package let code: [tm_instruction]
  package let registerCount: Int
  /// The input that is the product itself.
  package let sums: Int
  /// That which kernels know, if it has one.
  let form: EpilogueForm?

  /// - Parameters:
  ///   - inputs: Views of shape `[M, N]` or `[B, M, N]`, or numbers; registers `0 ..< inputs.count`.
  ///   - outputs: Views likewise.
  ///   - sums: The input that is the product itself; its view is not read.
  package init(
    inputs: [ElementwiseCall.Input], outputs: [ElementwiseCall.Output], code: [tm_instruction],
    registerCount: Int, sums: Int
  ) {
    self.inputs = inputs.map { $0.mapping(Self.withBatch) }
    self.outputs = outputs.map { .init(view: Self.withBatch($0.view), register: $0.register) }
    self.code = code
    self.registerCount = registerCount
    self.sums = sums
    form = EpilogueForm(of: self.inputs, self.outputs, code, sums: sums)
  }

  private static func withBatch(_ view: View) -> View {
    guard view.shape.count == 2 else { return view }
    var view = view
    view.shape.insert(1, at: 0)
    view.strides.insert(0, at: 0)
    return view
  }

  package var reads: [View] {
    inputs.indices.compactMap { index in
      if index != sums, case .view(let view) = inputs[index] { view } else { nil }
    }
  }

  /// Whether a result lies where an operand does, as that of a parameter's update.
  var isUpdate: Bool {
    let read = Set(reads.map(\.buffer))
    return outputs.contains { read.contains($0.view.buffer) }
  }

  /// Whether this costs less at the end of a product of such depth than in a pass of its own.
  ///
  /// What has a form does. Other programs copy every matrix that they touch in and out of registers, tile by tile, which
  /// takes about as long as 128 multiply-adds for each element; measured on AVX-512, see docs/kernels.md.
  package func pays(depth: Int) -> Bool {
    if form != nil { return true }
    let matrices = (reads + outputs.map(\.view)).filter { $0.strides[1] != 0 }
    return depth >= 128 * matrices.count
  }

  /// Of `count` elements, all that lies in memory moved once.
  func cost(count: Int) -> Cost {
    let weight = code.reduce(0.0) { $0 + ScalarFunction.weight(of: $1) }
    let bytes = (reads + outputs.map(\.view)).reduce(0) { $0 + $1.distinctBytes }
    return Cost(flops: weight * Double(count), bytes: Double(bytes))
  }

  /// The same program on other views.
  func mapping(_ change: (View) -> View) -> GemmEpilogue {
    var result = self
    result.inputs = inputs.map { $0.mapping(change) }
    for index in outputs.indices { result.outputs[index].view = change(outputs[index].view) }
    return result
  }

  /// - Parameters:
  ///   - index: The position of the first element among those of all products.
  ///   - rows: Of each whole product, as `columns`.
  func arguments(
    index: Int, rows: Int, columns: Int, in encoder: borrowing ArgumentEncoder
  ) -> UnsafePointer<tm_gemm_epilogue> {
    var arguments = tm_gemm_epilogue()
    if let form {
      func input(_ list: [Int], _ position: Int) -> UInt8 {
        UInt8(truncatingIfNeeded: position < list.count ? list[position] : list.last ?? 0)
      }
      arguments.form = UInt8(truncatingIfNeeded: form.code.rawValue)
      arguments.matrices = (input(form.matrices, 0), input(form.matrices, 1))
      arguments.row = input(form.rows, 0)
      arguments.numbers = (input(form.numbers, 0), input(form.numbers, 1))
    }
    arguments.inputs = encoder.store(
      inputs.indices.map { position in
        position == sums ? tm_operand() : inputs[position].operand(in: encoder, linear: false)
      })
    arguments.outputs = encoder.store(outputs.map { $0.operand(in: encoder, linear: false) })
    arguments.code = encoder.store(code)
    arguments.input_count = UInt32(inputs.count)
    arguments.output_count = UInt32(outputs.count)
    arguments.instruction_count = UInt32(code.count)
    arguments.register_count = UInt32(registerCount)
    arguments.sums = UInt32(sums)
    arguments.index = Int64(index)
    arguments.index_batch_stride = Int64(rows * columns)
    arguments.index_row_stride = Int64(columns)
    return encoder.store([arguments])
  }
}
