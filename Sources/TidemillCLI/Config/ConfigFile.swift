import ArgumentParser
import Foundation
import Tidemill
import Yams

/// A file of options for `tidemill train`, as arguments: YAML, of which JSON is a part.
struct ConfigFile {
  /// Such as `--epochs=3`, one for each entry.
  private(set) var arguments: [String] = []
  /// The options, without dashes.
  private(set) var names: [String] = []
  private let path: String

  /// More than anybody writes by hand.
  private static let mostBytes = 64 << 10

  /// Reads a file.
  ///
  /// - Throws: `file` where it cannot be read; `argument` where it is not understood, or a value is not one that
  ///   the option takes; the error names the file, the line and the key.
  init(path: String) throws {
    self.path = path
    let bytes = try FileReader.contents(of: path, limit: Self.mostBytes)
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw failure("is no text in UTF-8")
    }
    try ConfigAnchors.check(text, path: path)
    for (key, value) in try entries(of: text) {
      arguments += try argument(key, value)
      names += key.string.map { [$0] } ?? []
    }
  }

  private func entries(of text: String) throws -> [(key: Yams.Node, value: Yams.Node)] {
    let root: Yams.Node?
    do { root = try Yams.compose(yaml: text) } catch YamlError.duplicatedKeysInMapping(
      let keys, let context)
    {
      throw failure("line \(context.mark.line): '\(keys.first ?? "")' is given more than once")
    } catch let error as YamlError {
      throw failure("is neither YAML nor JSON: \(Self.sentence(error))")
    }
    switch root {
    case nil: return []
    case .mapping(let mapping)?:
      return mapping.map { ($0.key, $0.value) }
    default: throw failure("must be an object with options by their names, such as 'epochs: 10'")
    }
  }

  private func argument(_ key: Yams.Node, _ value: Yams.Node) throws -> [String] {
    let line = key.mark?.line ?? 1
    guard case .scalar(let scalar) = key else { throw failure("line \(line): a key is no text") }
    guard let kind = ConfigKind.ofKeys[scalar.string] else {
      let nearest = NearestName.nearest(to: scalar.string, among: ConfigKind.ofKeys.keys)
      let advice = nearest.map { "did you mean '\($0)'?" } ?? "'tidemill train --help' lists them."
      throw failure(
        "line \(line): there is no option '\(scalar.string)'; \(advice)", isSentence: true)
    }
    let name = scalar.string
    guard let text = kind.argument(name, value) else {
      throw failure("line \(value.mark?.line ?? line): '\(name)' must be \(kind.description)")
    }
    do { _ = try TrainOptions.parse(text) } catch {
      let message = TrainOptions.message(for: error)
      throw failure("line \(value.mark?.line ?? line): '\(name)': \(message)", isSentence: true)
    }
    return text
  }

  private func failure(_ reason: String, isSentence: Bool = false) -> TidemillError {
    TidemillError(.argument, "\(path): \(reason)\(isSentence ? "" : ".")")
  }

  private static func sentence(_ error: YamlError) -> String {
    switch error {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      "line \(mark.line), \(problem)"
    case .reader(let problem, _, _, _): problem
    default: "\(error)"
    }
  }
}
