import CKernels

/// Fails the run where a contiguous value is NaN or infinite. Writes no element.
package struct CheckCall: KernelCall {
  package var input: View

  package init(input: View) { self.input = input }

  package var kernelName: String { "check_finite" }
  package var mayFail: Bool { true }
  package var reads: [View] { [input] }
  package var writes: [View] { [] }
  package var cost: Cost {
    Cost(flops: Double(input.count), bytes: Double(input.count * input.dtype.size))
  }

  package func tiles(atMost count: Int) -> [Tile] { [Tile(0..<input.count)] }

  package func work(of tile: Tile) -> Work {
    var work = Work(.check)
    work.add(.simple, count: Double(input.count), of: input.dtype)
    return work
  }

  package func touched(by tile: Tile) -> (reads: [View], writes: [View]) { (reads, writes) }
  package func kernel(in table: tm_kernel_table) -> tm_kernel { table.check_finite }

  package func arguments(
    of tile: Tile, in encoder: borrowing ArgumentEncoder
  ) -> UnsafeRawPointer {
    var arguments = tm_check_finite_arguments()
    arguments.in = encoder.reference(to: input)
    arguments.count = Int64(input.count)
    arguments.call = encoder.call
    arguments.type = input.dtype.kernelCode
    return encoder.store(arguments)
  }

  package func replacing(_ replacement: (BufferID) -> BufferID) -> CheckCall {
    CheckCall(
      input: {
        var view = input; view.buffer = replacement(input.buffer); return view
      }())
  }
}
