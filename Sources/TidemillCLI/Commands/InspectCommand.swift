import ArgumentParser
import Tidemill

/// `tidemill inspect FILE`
struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Shows the tensors in a safetensors or an NPY file.",
    discussion: """
      Example: tidemill inspect digits.safetensors --statistics

      A row is a tensor: its name, which one in an NPY file has not, element type, shape and size. \
      The first bytes of the file tell the format, not its name. Without --statistics only \
      the header is read.
      """)

  @Argument(help: "The file.")
  var file: String

  @Flag(
    help: "Adds the least, largest and mean finite element, and how many are NaN or infinite.")
  var statistics = false

  @OptionGroup var format: FormatOption

  func run() throws {
    let report = try TensorFileReport(path: file, statistics: statistics)
    switch format.format {
    case .json: try Output.line(JSONText.encode(report, pretty: true))
    case .text: try Output.line(Self.text(report, statistics: statistics))
    }
  }

  private static func text(_ report: TensorFileReport, statistics: Bool) -> String {
    var columns: [(name: String, alignment: TextTable.Alignment)] = [
      ("tensor", .left), ("type", .left), ("shape", .left), ("size", .right),
    ]
    if statistics {
      columns += [("min", .right), ("max", .right), ("mean", .right), ("non-finite", .right)]
    }
    var table = TextTable(columns)
    for tensor in report.tensors { table.append(row(tensor)) }
    let texts = report.metadata.map {
      "\($0.name.printable(limit: .max)): \($0.value.printable(limit: .max))"
    }
    let count = report.tensors.count
    let total =
      "\(count) \(count == 1 ? "tensor" : "tensors"), "
      + "\(NumberText.grouped(Double(report.elements))) elements, "
      + "\(NumberText.bytes(report.bytes)) in a file of \(NumberText.bytes(report.fileBytes)), "
      + report.format.rawValue
    return (table.lines + [""] + texts + [total]).joined(separator: "\n")
  }

  private static func row(_ tensor: TensorFileReport.Entry) -> [String] {
    let shape = "[\(tensor.shape.map(String.init).joined(separator: ", "))]"
    let start = [
      tensor.name.isEmpty ? "-" : tensor.name.printable(limit: .max), tensor.dtype, shape,
      NumberText.bytes(tensor.bytes),
    ]
    guard let numbers = tensor.statistics else { return start }
    let texts = [numbers.min, numbers.max, numbers.mean].map { number in
      number.map { NumberText.significant($0) } ?? "-"
    }
    return start + texts + [NumberText.grouped(Double(numbers.nonFinite))]
  }
}
