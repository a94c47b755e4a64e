import ArgumentParser
import Tidemill

/// `tidemill train`
struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Trains a fully connected network on images.",
    discussion: """
      Example: tidemill train --hidden 256,128 --features units.png
      Example: tidemill train --optimizer adam --schedule cosine --clip-norm 5
      Example: tidemill train --validation 0.1 --patience 5 --best best.st
      Example: tidemill train --epochs 90 --save d.st --save-every 10
      Example: tidemill train --resume d.st --save d.st --epochs 200
      Example: tidemill train --config digits.yaml --seed 2

      A file for --config is YAML or JSON: an object with options by their names, without \
      the dashes in front. What is on the command line wins, as --no-standardize over the \
      last line of

        hidden: [256, 128]
        optimizer: adam
        standardize: true

      --resume comes to the same bits as a training that was not stopped, also from the middle of an \
      epoch. JSON is a line for each event: "resumed" and "summary" before the first step, "epoch", \
      "saved" for each checkpoint, and "result" as the last one. Where the loss is not finite, \
      training stops and the parameters stay as they were before that step; --save keeps those. Where \
      files are to be written, Ctrl-C ends training after the running step and writes them; a second \
      one ends at once. Where standard output cannot be written any more, training goes on if a file is to be \
      written, and the exit code is 1.
      """)

  @Option(help: ArgumentHelp("Reads options from a YAML or JSON file.", valueName: "file"))
  var config: String?

  /// The options of the file, with commas, where they stand in front of those of the command line.
  @Option(name: .customLong("config-has"), help: .private)
  var configNames: String?

  @OptionGroup var options: TrainOptions

  func validate() throws {
    guard config == nil || configNames != nil else { return }
    do { try checkTogether() } catch let error as ValidationError {
      throw ValidationError(namingConfig(error.message))
    }
  }

  private func checkTogether() throws {
    if options.files.best != nil, options.validation.validation == nil, options.files.resume == nil
    {
      throw ValidationError("--best needs --validation, the share of samples to judge by.")
    }
    if options.files.resume == nil {
      _ = try options.changes.plan(epochs: options.learning.epochs)
    }
    try options.files.check()
  }

  func run() throws {
    do {
      try TrainingRun(options: options).run()
    } catch let error as TidemillError where error.code == .argument {
      throw TidemillError(error.code, namingConfig(error.message))
    }
  }

  /// A message that also tells which of its options come from the file for `--config`.
  private func namingConfig(_ message: String) -> String {
    guard let config, let configNames else { return message }
    let words = Set(message.split { " ,.:;\n".contains($0) })
    let named = configNames.split(separator: ",").filter { words.contains("--\($0)") }
    guard !named.isEmpty else { return message }
    return message + " \(config) has \(named.joined(separator: ", "))."
  }

  /// The command line with the options of the file for `--config` in front, if there is one.
  ///
  /// - Parameter arguments: Of the command line, the name of the command first.
  /// - Throws: `argument` where the file cannot be understood.
  func expanding(_ arguments: [String]) throws -> [String]? {
    guard let config, configNames == nil else { return nil }
    let file = try ConfigFile(path: config)
    return Array(arguments.prefix(1)) + file.arguments
      + ["--config-has=\(file.names.joined(separator: ","))"] + arguments.dropFirst()
  }
}
