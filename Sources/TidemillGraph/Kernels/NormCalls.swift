import CKernels

/// What the rows of a norm are divided by.
package enum NormKind: Hashable, Sendable {
  /// The standard deviation, after the mean was subtracted.
  case layer
  /// The root of the mean of the squares.
  case rms

  fileprivate var kernelCode: UInt8 {
    UInt8(truncatingIfNeeded: (self == .layer ? TM_LAYER_NORM : TM_RMS_NORM).rawValue)
  }
}

/// `out[r,c] := (x[r,c] − mean[r])·scale[r]·gain[c] + bias[c]`, with `scale = 1/√(variance + epsilon)`.
package struct NormCall: RowwiseCall, StreamingCall {
  package let kind: NormKind
  package let epsilon: Double
  /// Shape `[rows, columns]`, contiguous.
  package var input: View
  /// Contiguous `[columns]`, seen as `[rows, columns]`; none is 1.
  package var gain: View?
  /// Like the gain; none is 0.
  package var bias: View?
  package var output: View
  package var streaming = Streaming.standard

  package init(
    _ kind: NormKind, epsilon: Double, input: View, gain: View?, bias: View?, output: View
  ) {
    (self.kind, self.epsilon, self.input) = (kind, epsilon, input)
    (self.gain, self.bias, self.output) = (gain, bias, output)
  }

  package var kernelName: String { "norm" }
  package var reads: [View] { [input, gain, bias].compactMap(\.self) }
  package var writes: [View] { [output] }
  package var rowCount: Int { input.shape[0] }

  package var cost: Cost {
    Cost(flops: Double(input.count) * 8, bytes: Double(2 * input.count * input.dtype.size))
  }

  package var workspaceBytes: Int { workspaceBytes(row: input) }
  package var streams: Bool { streaming.pays(cost, row: input) }

  package func kernel(in table: tm_kernel_table) -> tm_kernel { table.norm }

  package func arguments(
    of tile: Tile, in encoder: borrowing ArgumentEncoder
  ) -> UnsafeRawPointer {
    var arguments = tm_norm_arguments()
    arguments.in = encoder.reference(to: input)
    if let gain { arguments.gain = encoder.reference(to: gain) }
    if let bias { arguments.bias = encoder.reference(to: bias) }
    arguments.out = encoder.reference(to: output)
    arguments.columns = Int64(input.shape[1])
    arguments.row_begin = Int64(tile.first.lowerBound)
    arguments.row_end = Int64(tile.first.upperBound)
    arguments.epsilon = epsilon
    arguments.type = input.dtype.kernelCode
    arguments.norm = kind.kernelCode
    (arguments.has_gain, arguments.has_bias) = (gain != nil, bias != nil)
    arguments.streams = streams
    return encoder.store(arguments)
  }

  package func replacing(_ replacement: (BufferID) -> BufferID) -> NormCall {
    var call = self
    call.input.buffer = replacement(input.buffer)
    call.gain = gain?.replacing(replacement)
    call.bias = bias?.replacing(replacement)
    call.output.buffer = replacement(output.buffer)
    return call
  }
}

/// The cotangent of a norm's operand: `out := scale·(h − mean(h) − u·mean(h·u))` of each row, with `h = g·gain` and the
/// normalised row `u`; without `mean(h)` where no mean was subtracted.
///
/// The statistics of the rows are computed again: a row is read in any case, and lies in the cache then.
package struct NormGradientCall: RowwiseCall, StreamingCall {
  package let kind: NormKind
  package let epsilon: Double
  package var input: View
  package var cotangent: View
  package var gain: View?
  package var output: View
  package var streaming = Streaming.standard

  package init(
    _ kind: NormKind, epsilon: Double, input: View, cotangent: View, gain: View?, output: View
  ) {
    (self.kind, self.epsilon, self.input) = (kind, epsilon, input)
    (self.cotangent, self.gain, self.output) = (cotangent, gain, output)
  }

  package var kernelName: String { "norm_gradient" }
  package var reads: [View] { [input, cotangent, gain].compactMap(\.self) }
  package var writes: [View] { [output] }
  package var rowCount: Int { input.shape[0] }

  package var cost: Cost {
    Cost(flops: Double(input.count) * 16, bytes: Double(3 * input.count * input.dtype.size))
  }

  package var workspaceBytes: Int { workspaceBytes(row: input) }
  package var streams: Bool { streaming.pays(cost, row: input) }

  package func kernel(in table: tm_kernel_table) -> tm_kernel { table.norm_gradient }

  package func arguments(
    of tile: Tile, in encoder: borrowing ArgumentEncoder
  ) -> UnsafeRawPointer {
    var arguments = tm_norm_gradient_arguments()
    arguments.in = encoder.reference(to: input)
    arguments.g = encoder.reference(to: cotangent)
    if let gain { arguments.gain = encoder.reference(to: gain) }
    arguments.out = encoder.reference(to: output)
    arguments.columns = Int64(input.shape[1])
    arguments.row_begin = Int64(tile.first.lowerBound)
    arguments.row_end = Int64(tile.first.upperBound)
    arguments.epsilon = epsilon
    arguments.type = input.dtype.kernelCode
    arguments.norm = kind.kernelCode
    arguments.has_gain = gain != nil
    arguments.streams = streams
    return encoder.store(arguments)
  }

  package func replacing(_ replacement: (BufferID) -> BufferID) -> NormGradientCall {
    var call = self
    call.input.buffer = replacement(input.buffer)
    call.cotangent.buffer = replacement(cotangent.buffer)
    call.gain = gain?.replacing(replacement)
    call.output.buffer = replacement(output.buffer)
    return call
  }
}

/// The cotangents of a norm's gain and bias, over some rows each: `out[p,0,:] := Σ g·u`, `out[p,1,:] := Σ g`.
///
/// Which rows make a part follows from their number alone, and so do the bits of the sums over all parts.
package struct NormSumsCall: KernelCall {
  package let kind: NormKind
  package let epsilon: Double
  /// Shape `[rows, columns]`, contiguous.
  package var input: View
  package var cotangent: View
  /// Contiguous `[parts, 1 or 2, columns]`; the second where the bias' is wanted.
  package var output: View

  package init(
    _ kind: NormKind, epsilon: Double, input: View, cotangent: View, output: View
  ) {
    (self.kind, self.epsilon, self.input) = (kind, epsilon, input)
    (self.cotangent, self.output) = (cotangent, output)
  }

  /// How many parts a number of rows has.
  package static func parts(of rows: Int) -> Int { (rows + rowsOfPart - 1) / rowsOfPart }

  private static let rowsOfPart = Int(TM_NORM_ROWS)

  package var kernelName: String { "norm_sums" }
  package var reads: [View] { [input, cotangent] }
  package var writes: [View] { [output] }

  package var cost: Cost {
    Cost(
      flops: Double(input.count) * 10,
      bytes: Double((2 * input.count + output.count) * input.dtype.size))
  }

  /// Axis: parts.
  package func tiles(atMost count: Int) -> [Tile] {
    split(output.shape[0], into: count).map { Tile($0) }
  }

  package func touched(by tile: Tile) -> (reads: [View], writes: [View]) {
    let rows =
      tile.first.lowerBound
      * Self.rowsOfPart..<min(
        tile.first.upperBound * Self.rowsOfPart, input.shape[0])
    return (
      [input.sliced(axis: 0, rows), cotangent.sliced(axis: 0, rows)],
      [output.sliced(axis: 0, tile.first)]
    )
  }

  package func kernel(in table: tm_kernel_table) -> tm_kernel { table.norm_sums }

  package func arguments(
    of tile: Tile, in encoder: borrowing ArgumentEncoder
  ) -> UnsafeRawPointer {
    var arguments = tm_norm_sums_arguments()
    arguments.in = encoder.reference(to: input)
    arguments.g = encoder.reference(to: cotangent)
    arguments.out = encoder.reference(to: output)
    arguments.rows = Int64(input.shape[0])
    arguments.columns = Int64(input.shape[1])
    arguments.part_begin = Int64(tile.first.lowerBound)
    arguments.part_end = Int64(tile.first.upperBound)
    arguments.epsilon = epsilon
    arguments.type = input.dtype.kernelCode
    arguments.norm = kind.kernelCode
    arguments.has_bias = output.shape[1] == 2
    return encoder.store(arguments)
  }

  package func replacing(_ replacement: (BufferID) -> BufferID) -> NormSumsCall {
    var call = self
    call.input.buffer = replacement(input.buffer)
    call.cotangent.buffer = replacement(cotangent.buffer)
    call.output.buffer = replacement(output.buffer)
    return call
  }
}
