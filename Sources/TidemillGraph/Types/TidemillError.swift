/// What goes wrong in Tidemill: a stable code for programs and a sentence for people.
///
/// The sentence names the operation, the axis or the file, what was expected, what was found and what
/// to do about it. Codes are added over time: switch over them with a `default`.
///
/// ```swift
/// do {
///   try session.run(images, labels, 0.05)
/// } catch let error as TidemillError where error.code == .notFinite {
///   print(error)  // the step, the operation; the state is the one before the step
/// }
/// ```
public struct TidemillError: Error, Sendable, Equatable, CustomStringConvertible {
  /// A stable name for a kind of error.
  public struct Code: RawRepresentable, Hashable, Sendable {
    /// The name, as it appears in JSON output.
    public let rawValue: String
    /// Makes a code from its name.
    public init(rawValue: String) { self.rawValue = rawValue }
    package init(_ name: String) { rawValue = name }
  }

  /// What kind of error it is.
  public let code: Code
  /// One sentence, or one line for each of several mistakes.
  public let message: String

  /// Makes an error.
  public init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  /// The sentence.
  public var description: String { message }
}

extension TidemillError.Code {
  /// Shapes or types of operands do not fit an operation.
  public static let graph = Self("graph")
  /// A tensor was made, read or compared with a shape or type that it has not.
  public static let tensor = Self("tensor")
  /// An argument is outside of what a function accepts.
  public static let argument = Self("argument")
}
