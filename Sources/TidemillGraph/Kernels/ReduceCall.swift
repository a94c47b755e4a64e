import CKernels

/// Reduces the middle axis of a contiguous `[outer, count, inner]` to `[outer, inner]`.
package struct ReduceCall: KernelCall {
  /// What the elements are combined with.
  package enum Function: Hashable, Sendable, CaseIterable {
    case sum, max, min

    var kernelCode: UInt8 {
      let code =
        switch self {
        case .sum: TM_SUM
        case .max: TM_REDUCE_MAX
        case .min: TM_REDUCE_MIN
        }
      return UInt8(truncatingIfNeeded: code.rawValue)
    }
  }

  package let function: Function
  /// Shape `[outer, count, inner]`, contiguous.
  package var input: View
  /// Shape `[outer, inner]`, contiguous.
  package var output: View

  package init(_ function: Function, input: View, output: View) {
    self.function = function
    self.input = input
    self.output = output
  }

  package var kernelName: String { "reduce" }
  package var reads: [View] { [input] }
  package var writes: [View] { [output] }

  package var cost: Cost {
    Cost(flops: Double(input.count), bytes: Double((input.count + output.count) * input.dtype.size))
  }

  /// Axes: outer and inner.
  package func tiles(atMost count: Int) -> [Tile] {
    let rows = split(output.shape[0], into: count)
    let columns = split(output.shape[1], into: count / max(rows.count, 1), grain: 64)
    return rows.flatMap { row in columns.map { Tile(row, $0) } }
  }

  package func work(of tile: Tile) -> Work {
    var work = Work(.reduction)
    let count = tile.first.count * input.shape[1] * tile.second.count
    work.add(.simple, count: Double(count), of: input.dtype)
    return work
  }

  package func touched(by tile: Tile) -> (reads: [View], writes: [View]) {
    (
      [input.sliced(axis: 0, tile.first).sliced(axis: 2, tile.second)],
      [output.sliced(axis: 0, tile.first).sliced(axis: 1, tile.second)]
    )
  }

  package func kernel(in table: tm_kernel_table) -> tm_kernel { table.reduce }

  package func arguments(
    of tile: Tile, in encoder: borrowing ArgumentEncoder
  ) -> UnsafeRawPointer {
    var arguments = tm_reduce_arguments()
    arguments.in = encoder.reference(to: input)
    arguments.out = encoder.reference(to: output)
    arguments.count = Int64(input.shape[1])
    arguments.inner = Int64(input.shape[2])
    arguments.outer_begin = Int64(tile.first.lowerBound)
    arguments.outer_end = Int64(tile.first.upperBound)
    arguments.inner_begin = Int64(tile.second.lowerBound)
    arguments.inner_end = Int64(tile.second.upperBound)
    arguments.type = input.dtype.kernelCode
    arguments.reduction = function.kernelCode
    return encoder.store(arguments)
  }

  package func replacing(_ replacement: (BufferID) -> BufferID) -> ReduceCall {
    var call = self
    call.input.buffer = replacement(input.buffer)
    call.output.buffer = replacement(output.buffer)
    return call
  }
}
