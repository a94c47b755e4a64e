import CKernels

/// A call that works row by row on contiguous `[rows, ...]` operands; its only tile axis is the rows.
package protocol RowwiseCall: KernelCall {
  /// Read and written by rows along axis 0; views of one element are shared by all rows.
  var rowCount: Int { get }
}

extension RowwiseCall {
  package func work(of tile: Tile) -> Work { rowWork(of: tile) }

  package func tiles(atMost count: Int) -> [Tile] {
    split(rowCount, into: count).map { Tile($0) }
  }

  package func touched(by tile: Tile) -> (reads: [View], writes: [View]) {
    (
      reads.map { $0.strides[0] == 0 ? $0 : $0.sliced(axis: 0, tile.first) },
      writes.map { $0.sliced(axis: 0, tile.first) }
    )
  }
}

/// Softmax and its relatives over the last axis of `[rows, columns]`, or the position of its maximum.
package struct RowCall: RowwiseCall, StreamingCall {
  package enum Function: Hashable, Sendable {
    case softmax, logSoftmax, logSumExp, argmax
  }

  package let function: Function
  package var input: View
  package var output: View
  package var streaming = Streaming.standard

  package init(_ function: Function, input: View, output: View) {
    self.function = function
    self.input = input
    self.output = output
  }

  package var kernelName: String { function == .argmax ? "argmax" : "row" }
  package var reads: [View] { [input] }
  package var writes: [View] { [output] }
  package var rowCount: Int { input.shape[0] }

  package var cost: Cost {
    Cost(
      flops: Double(input.count) * (function == .argmax ? 1 : 20),
      bytes: Double(input.count * input.dtype.size + output.count * output.dtype.size))
  }

  package var workspaceBytes: Int { workspaceBytes(row: input) }

  package var streams: Bool { writesRows && streaming.pays(cost, row: input) }
  private var writesRows: Bool { function == .softmax || function == .logSoftmax }

  package func kernel(in table: tm_kernel_table) -> tm_kernel {
    function == .argmax ? table.argmax : table.row
  }

  package func arguments(
    of tile: Tile, in encoder: borrowing ArgumentEncoder
  ) -> UnsafeRawPointer {
    if function == .argmax {
      var arguments = tm_argmax_arguments()
      arguments.in = encoder.reference(to: input)
      arguments.out = encoder.reference(to: output)
      arguments.columns = Int64(input.shape[1])
      arguments.row_begin = Int64(tile.first.lowerBound)
      arguments.row_end = Int64(tile.first.upperBound)
      arguments.type = input.dtype.kernelCode
      return encoder.store(arguments)
    }
    var arguments = tm_row_arguments()
    arguments.in = encoder.reference(to: input)
    arguments.out = encoder.reference(to: output)
    arguments.columns = Int64(input.shape[1])
    arguments.row_begin = Int64(tile.first.lowerBound)
    arguments.row_end = Int64(tile.first.upperBound)
    arguments.type = input.dtype.kernelCode
    let code =
      switch function {
      case .softmax: TM_SOFTMAX
      case .logSoftmax: TM_LOG_SOFTMAX
      default: TM_LOG_SUM_EXP
      }
    arguments.function = UInt8(truncatingIfNeeded: code.rawValue)
    arguments.streams = streams
    return encoder.store(arguments)
  }

  package func replacing(_ replacement: (BufferID) -> BufferID) -> RowCall {
    var call = self
    call.input.buffer = replacement(input.buffer)
    call.output.buffer = replacement(output.buffer)
    return call
  }
}

/// `out[r] := logsumexp(logits[r,:]) − logits[r, labels[r]]`.
package struct CrossEntropyCall: RowwiseCall {
  package var logits: View
  package var labels: View
  package var output: View

  package init(logits: View, labels: View, output: View) {
    (self.logits, self.labels, self.output) = (logits, labels, output)
  }

  package var kernelName: String { "cross_entropy" }
  package var mayFail: Bool { true }
  package var reads: [View] { [logits, labels] }
  package var writes: [View] { [output] }
  package var rowCount: Int { logits.shape[0] }

  package var cost: Cost {
    Cost(flops: Double(logits.count) * 20, bytes: Double(logits.count * logits.dtype.size))
  }

  package func kernel(in table: tm_kernel_table) -> tm_kernel { table.cross_entropy }

  package func arguments(
    of tile: Tile, in encoder: borrowing ArgumentEncoder
  ) -> UnsafeRawPointer {
    var arguments = tm_cross_entropy_arguments()
    arguments.in = encoder.reference(to: logits)
    arguments.labels = encoder.reference(to: labels)
    arguments.out = encoder.reference(to: output)
    arguments.columns = Int64(logits.shape[1])
    arguments.row_begin = Int64(tile.first.lowerBound)
    arguments.row_end = Int64(tile.first.upperBound)
    arguments.call = encoder.call
    arguments.type = logits.dtype.kernelCode
    arguments.label_type = labels.dtype.kernelCode
    return encoder.store(arguments)
  }

  package func replacing(_ replacement: (BufferID) -> BufferID) -> CrossEntropyCall {
    var call = self
    call.logits.buffer = replacement(logits.buffer)
    call.labels.buffer = replacement(labels.buffer)
    call.output.buffer = replacement(output.buffer)
    return call
  }
}

/// `out[r,c] := g[r]·(softmax(logits[r,:])[c] − [c = labels[r]])`.
package struct CrossEntropyGradientCall: RowwiseCall {
  package var logits: View
  package var labels: View
  /// Shape `[rows]`, any stride.
  package var cotangent: View
  package var output: View

  package init(logits: View, labels: View, cotangent: View, output: View) {
    (self.logits, self.labels, self.cotangent, self.output) = (logits, labels, cotangent, output)
  }

  package var kernelName: String { "cross_entropy_gradient" }
  package var reads: [View] { [logits, labels, cotangent] }
  package var writes: [View] { [output] }
  package var rowCount: Int { logits.shape[0] }

  package var cost: Cost {
    Cost(flops: Double(logits.count) * 20, bytes: Double(2 * logits.count * logits.dtype.size))
  }

  package func kernel(in table: tm_kernel_table) -> tm_kernel { table.cross_entropy_gradient }

  package func arguments(
    of tile: Tile, in encoder: borrowing ArgumentEncoder
  ) -> UnsafeRawPointer {
    var arguments = tm_cross_entropy_gradient_arguments()
    arguments.in = encoder.reference(to: logits)
    arguments.labels = encoder.reference(to: labels)
    arguments.g = encoder.reference(to: cotangent)
    arguments.out = encoder.reference(to: output)
    arguments.columns = Int64(logits.shape[1])
    arguments.row_begin = Int64(tile.first.lowerBound)
    arguments.row_end = Int64(tile.first.upperBound)
    arguments.g_stride = Int64(cotangent.strides[0])
    arguments.type = logits.dtype.kernelCode
    arguments.label_type = labels.dtype.kernelCode
    return encoder.store(arguments)
  }

  package func replacing(_ replacement: (BufferID) -> BufferID) -> CrossEntropyGradientCall {
    var call = self
    call.logits.buffer = replacement(logits.buffer)
    call.labels.buffer = replacement(labels.buffer)
    call.cotangent.buffer = replacement(cotangent.buffer)
    call.output.buffer = replacement(output.buffer)
    return call
  }
}
