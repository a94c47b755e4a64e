import CKernels

/// `out[o,i,e] := table[o, indices[i], e]`, all contiguous.
package struct GatherCall: KernelCall {
  /// Shape `[outer, entries, width]`.
  package var table: View
  /// Shape `[count]`.
  package var indices: View
  /// Shape `[outer, count, width]`.
  package var output: View

  package init(table: View, indices: View, output: View) {
    (self.table, self.indices, self.output) = (table, indices, output)
  }

  package var kernelName: String { "gather" }
  package var mayFail: Bool { true }
  package var reads: [View] { [table, indices] }
  package var writes: [View] { [output] }
  package var cost: Cost {
    Cost(flops: 0, bytes: Double(2 * output.count * output.dtype.size))
  }

  /// Axes: outer, indices.
  package func tiles(atMost count: Int) -> [Tile] {
    let outer = split(output.shape[0], into: count)
    let indices = split(output.shape[1], into: count / max(outer.count, 1))
    return outer.flatMap { row in indices.map { Tile(row, $0) } }
  }

  package func touched(by tile: Tile) -> (reads: [View], writes: [View]) {
    (
      [table.sliced(axis: 0, tile.first), indices.sliced(axis: 0, tile.second)],
      [output.sliced(axis: 0, tile.first).sliced(axis: 1, tile.second)]
    )
  }

  package func kernel(in table: tm_kernel_table) -> tm_kernel { table.gather }

  package func arguments(
    of tile: Tile, in encoder: borrowing ArgumentEncoder
  ) -> UnsafeRawPointer {
    var arguments = tm_gather_arguments()
    arguments.table = encoder.reference(to: table)
    arguments.indices = encoder.reference(to: indices)
    arguments.out = encoder.reference(to: output)
    arguments.entries = Int64(table.shape[1])
    arguments.count = Int64(output.shape[1])
    arguments.width = Int64(table.shape[2])
    arguments.outer_begin = Int64(tile.first.lowerBound)
    arguments.outer_end = Int64(tile.first.upperBound)
    arguments.index_begin = Int64(tile.second.lowerBound)
    arguments.index_end = Int64(tile.second.upperBound)
    arguments.call = encoder.call
    arguments.type = table.dtype.kernelCode
    arguments.index_type = indices.dtype.kernelCode
    return encoder.store(arguments)
  }

  package func replacing(_ replacement: (BufferID) -> BufferID) -> GatherCall {
    var call = self
    call.table.buffer = replacement(table.buffer)
    call.indices.buffer = replacement(indices.buffer)
    call.output.buffer = replacement(output.buffer)
    return call
  }
}

/// `out[o, indices[i], e] += updates[o,i,e]` on zeros, in the order of `i`.
package struct ScatterAddCall: KernelCall {
  /// Shape `[outer, count, width]`.
  package var updates: View
  /// Shape `[count]`.
  package var indices: View
  /// Shape `[outer, entries, width]`.
  package var output: View

  package init(updates: View, indices: View, output: View) {
    (self.updates, self.indices, self.output) = (updates, indices, output)
  }

  package var kernelName: String { "scatter_add" }
  package var mayFail: Bool { true }
  package var reads: [View] { [updates, indices] }
  package var writes: [View] { [output] }
  package var cost: Cost {
    Cost(
      flops: Double(updates.count),
      bytes: Double((2 * updates.count + output.count) * output.dtype.size))
  }

  /// Axes: outer, width; never the indices, so sums have one order.
  package func tiles(atMost count: Int) -> [Tile] {
    let outer = split(output.shape[0], into: count)
    let width = split(output.shape[2], into: count / max(outer.count, 1), grain: 16)
    return outer.flatMap { row in width.map { Tile(row, $0) } }
  }

  package func touched(by tile: Tile) -> (reads: [View], writes: [View]) {
    (
      [updates.sliced(axis: 0, tile.first).sliced(axis: 2, tile.second), indices],
      [output.sliced(axis: 0, tile.first).sliced(axis: 2, tile.second)]
    )
  }

  package func kernel(in table: tm_kernel_table) -> tm_kernel { table.scatter_add }

  package func arguments(
    of tile: Tile, in encoder: borrowing ArgumentEncoder
  ) -> UnsafeRawPointer {
    var arguments = tm_scatter_add_arguments()
    arguments.updates = encoder.reference(to: updates)
    arguments.indices = encoder.reference(to: indices)
    arguments.out = encoder.reference(to: output)
    arguments.entries = Int64(output.shape[1])
    arguments.count = Int64(updates.shape[1])
    arguments.width = Int64(output.shape[2])
    arguments.outer_begin = Int64(tile.first.lowerBound)
    arguments.outer_end = Int64(tile.first.upperBound)
    arguments.width_begin = Int64(tile.second.lowerBound)
    arguments.width_end = Int64(tile.second.upperBound)
    arguments.call = encoder.call
    arguments.type = updates.dtype.kernelCode
    arguments.index_type = indices.dtype.kernelCode
    return encoder.store(arguments)
  }

  package func replacing(_ replacement: (BufferID) -> BufferID) -> ScatterAddCall {
    var call = self
    call.updates.buffer = replacement(updates.buffer)
    call.indices.buffer = replacement(indices.buffer)
    call.output.buffer = replacement(output.buffer)
    return call
  }
}
