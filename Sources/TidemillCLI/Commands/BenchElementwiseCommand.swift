import ArgumentParser
import Foundation
import Tidemill

/// `tidemill bench elementwise [NAME...]`
struct BenchElementwiseCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "elementwise",
    abstract: "Measures operations that wait for memory, and the memory beside them.",
    usage: "tidemill bench elementwise [<names> ...] [<options>]",
    discussion: """
      Example: tidemill bench elementwise add softmax --rows 4096 --columns 512 --format md

      Gigabytes a second are of the fewest bytes that must move. The memory's bandwidth is the triad \
      a = b + 3c of STREAM over arrays of four times the last-level caches, on as many threads, right \
      before and after each operation. JSON is an array with an object for each operation and size. \
      Operations:
        \(MemoryBoundOperation.allCases.map(\.rawValue).joined(separator: ", "))
      """)

  @Argument(help: "The operations; all of them if none is named.")
  var names: [MemoryBoundOperation] = []

  @OptionGroup var threads: ThreadsOption

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The rows of the matrices, with --columns. Without them, 8192 x 1024 and 256 x 1024.",
      valueName: "n"))
  var rows: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The columns of the matrices.", valueName: "n"))
  var columns: Int?

  @OptionGroup var format: BenchFormatOption

  func validate() throws { _ = try sizes() }

  func run() throws {
    let options = try CompileOptions(threads: threads.threads)
    let bandwidth = try MemoryBandwidth(
      threads: options.threads, instructionSet: options.instructionSet)
    let operations = names.isEmpty ? MemoryBoundOperation.allCases : names
    var results: [ElementwiseMeasurement] = []
    for (rows, columns) in try sizes() {
      for operation in operations {
        if Terminal.current.isLive { try Output.live("\(operation.name) …") }
        results.append(
          try ElementwiseMeasurement(
            operation, rows: rows, columns: columns, threads: options.threads,
            bandwidth: bandwidth))
      }
    }
    try Output.clearLiveLine()
    let best = NumberText.fixed(results.map(\.triadGBPerS).max() ?? 0, 1)
    let size = NumberText.bytes(bandwidth.arrayBytes)
    try BenchOutput.write(
      results, format.format,
      notes: [
        "float32, \(options.instructionSet), threads: \(options.threads).",
        "The triad, over three arrays of \(size), was \(best) GB/s at best.",
      ])
  }

  private func sizes() throws -> [(rows: Int, columns: Int)] {
    switch (rows, columns) {
    case (nil, nil): return [(8192, 1024), (256, 1024)]
    case (let rows?, let columns?):
      try require(rows, in: 1...Self.mostExtent, "--rows")
      try require(columns, in: 1...Self.mostExtent, "--columns")
      // Three matrices in half of the memory.
      let most = ProcessInfo.processInfo.physicalMemory / 24
      guard rows * columns <= Int(clamping: most) else {
        throw ValidationError(
          "--rows times --columns must be at most \(most), so that three matrices fit into half of "
            + "the memory of this machine, but is \(rows * columns).")
      }
      return [(rows, columns)]
    default:
      throw ValidationError("--rows and --columns go together: give both or none.")
    }
  }

  /// The product of two such is still an Int.
  private static let mostExtent = 1 << 30
}

extension MemoryBoundOperation: ExpressibleByArgument {
  /// By the word of the command line, or the name that results have.
  public init?(argument: String) {
    let found = Self.allCases.first { $0.rawValue == argument || $0.name == argument }
    guard let found else { return nil }
    self = found
  }
}
