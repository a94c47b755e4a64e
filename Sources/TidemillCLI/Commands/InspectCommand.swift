import ArgumentParser
import Tidemill

/// `tidemill inspect FILE`
struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Shows the tensors in a safetensors, an NPY or an NPZ file.",
    discussion: """
      Example: tidemill inspect digits.safetensors --statistics

      A row is a tensor: its name, which one in an NPY file has not, element type, shape, and size or \
      statistics; long texts are shortened, but not in JSON. \
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

  /// Columns of a line, as far as texts in the file decide.
  private static let width = 80
  /// Of a name that has too little room, so that it says something.
  private static let leastName = 12

  private static func text(_ report: TensorFileReport, statistics: Bool) -> String {
    let rest = table(report, statistics: statistics, longestName: 0).map(\.count).max() ?? 0
    let room = max(leastName, width - rest + nameTitle.count)
    let texts = report.metadata.map { text in
      // A name or a value can be as long as the file.
      "\(text.name.printable(limit: width / 2)): \(text.value.printable(limit: width - 1))"
        .printable(limit: width - 1)
    }
    let count = report.tensors.count
    let total =
      "\(count) \(count == 1 ? "tensor" : "tensors"), "
      + "\(NumberText.grouped(Double(report.elements))) elements, "
      + "\(NumberText.bytes(report.bytes)) in a file of \(NumberText.bytes(report.fileBytes)), "
      + report.format.rawValue
    let lines = table(report, statistics: statistics, longestName: room) + [""] + texts + [total]
    return lines.joined(separator: "\n")
  }

  private static let nameTitle = "tensor"

  /// A row for each tensor; sizes only without statistics, which need their room.
  private static func table(
    _ report: TensorFileReport, statistics: Bool, longestName: Int
  ) -> [String] {
    let numbers = ["min", "max", "mean", "non-finite"]
    var table = TextTable(
      [(nameTitle, .left), ("type", .left), ("shape", .left)]
        + (statistics ? numbers : ["size"]).map { ($0, .right) })
    for tensor in report.tensors { table.append(row(tensor, longestName: longestName)) }
    return table.lines
  }

  private static func row(_ tensor: TensorFileReport.Entry, longestName: Int) -> [String] {
    let shape = "[\(tensor.shape.map(String.init).joined(separator: ", "))]"
    let name = tensor.name.isEmpty ? "-" : tensor.name.printable(limit: 4 * width)
    let start = [fitted(name, longestName), tensor.dtype, shape]
    guard let numbers = tensor.statistics else { return start + [NumberText.bytes(tensor.bytes)] }
    let texts = [numbers.min, numbers.max, numbers.mean].map { number in
      number.map { NumberText.significant($0) } ?? "-"
    }
    return start + texts + [NumberText.grouped(Double(numbers.nonFinite))]
  }

  /// A name with an ellipsis for its middle: names differ at both ends.
  private static func fitted(_ name: String, _ limit: Int) -> String {
    guard name.count > limit else { return name }
    let start = limit / 3
    return "\(name.prefix(start))…\(name.suffix(max(0, limit - start - 1)))"
  }
}
