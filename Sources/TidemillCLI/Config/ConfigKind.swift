import Yams

/// What kind of value an option takes in a file.
package enum ConfigKind: Sendable {
  case text
  case whole
  case number
  case numbers
  case wholes
  case size
  case flag

  /// The options that a file may have.
  package static let ofKeys: [String: ConfigKind] = [
    "dataset": .text, "hidden": .wholes, "activation": .text, "dropout": .number,
    "initializer": .text, "initial-size": .number, "standardize": .flag,
    "loss": .text, "label-smoothing": .number, "class-weights": .numbers, "margin": .number,
    "delta": .number, "beta1": .number, "beta2": .number, "decay": .number, "epsilon": .number,
    "optimizer": .text, "learning-rate": .number, "momentum": .number, "weight-decay": .number,
    "l1": .number, "l2": .number, "clip-norm": .number, "clip-value": .number,
    "schedule": .text, "schedule-epochs": .whole, "schedule-factor": .number,
    "schedule-last": .number, "schedule-first": .number, "schedule-rising": .number,
    "warm-up": .whole, "batch-size": .whole, "epochs": .whole, "seed": .whole,
    "validation": .number, "validation-by": .text, "patience": .whole, "smallest-gain": .number,
    "resume": .text, "save": .text, "save-every": .whole, "save-every-steps": .whole,
    "best": .text, "features": .text, "curves": .text, "summary": .flag, "gradients": .flag,
    "threads": .whole, "memory-budget": .size, "format": .text,
  ]

  var description: String {
    switch self {
    case .text: "a text"
    case .whole: "a whole number"
    case .number: "a number"
    case .numbers: "a list of numbers, such as [1, 2.5, 1]"
    case .wholes: "a list of whole numbers, such as [256, 128], one of them, or none"
    case .size: "a number of bytes, such as 64MiB"
    case .flag: "true or false"
    }
  }

  /// The value as arguments of the command line; `nil` where it is of another kind.
  func argument(_ name: String, _ value: Yams.Node) -> [String]? {
    switch (self, value) {
    case (.flag, .scalar(let scalar)):
      guard let isSet = ["true": true, "false": false][scalar.plain ?? ""] else { return nil }
      return [isSet ? "--\(name)" : "--no-\(name)"]
    case (.numbers, .sequence(let sequence)), (.wholes, .sequence(let sequence)):
      let element: ConfigKind = self == .numbers ? .number : .whole
      let texts = sequence.compactMap { element.text($0) }
      guard texts.count == sequence.count, self == .wholes || !texts.isEmpty else { return nil }
      return ["--\(name)=\(texts.isEmpty ? "none" : texts.joined(separator: ","))"]
    default: return text(value).map { ["--\(name)=\($0)"] }
    }
  }

  /// A single value as it is typed on the command line.
  private func text(_ value: Yams.Node) -> String? {
    guard case .scalar(let scalar) = value else { return nil }
    switch self {
    case .text:
      guard let plain = scalar.plain else { return scalar.string }
      let isOther =
        plain.isEmpty || Double(plain) != nil || ["true", "false", "null", "~"].contains(plain)
      return isOther ? nil : plain
    case .whole: return scalar.plain.flatMap { Self.isWhole($0) ? $0 : nil }
    case .number: return scalar.plain.flatMap { Double($0) == nil ? nil : $0 }
    case .wholes:
      guard let plain = scalar.plain else { return nil }
      return plain == "none" || Self.isWhole(plain) ? plain : nil
    case .size: return scalar.string.isEmpty ? nil : scalar.string
    case .numbers, .flag: return nil
    }
  }

  private static func isWhole(_ text: String) -> Bool {
    let digits = text.hasPrefix("-") ? text.dropFirst() : text[...]
    return !digits.isEmpty && digits.utf8.allSatisfy { 0x30...0x39 ~= $0 }
  }
}

extension Yams.Node.Scalar {
  /// The text where it is without quotes, and so may be a number.
  fileprivate var plain: String? { style == .plain || style == .any ? string : nil }
}
