import Foundation
import Testing
import Tidemill
import TidemillCLI

@Suite("tidemill train --config")
struct ConfigTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func file(_ text: String, _ name: String = "config") throws -> String {
    try Data(text.utf8).write(to: URL(fileURLWithPath: folder.path(name)))
    return folder.path(name)
  }

  private func digest(_ arguments: [String]) throws -> String {
    let outcome = try CommandLineTool.run(["train"] + arguments)
    #expect(outcome.status == 0, "\(outcome.errors)")
    return try #require(try outcome.lastObject()["weights_sha256"] as? String)
  }

  private static let typed = [
    "--hidden", "12,8", "--epochs", "2", "--optimizer", "adam", "--learning-rate", "1e-3",
    "--standardize", "--class-weights", "1,2,1,1,1,1,1,1,1,1", "--format", "json",
  ]

  @Test("YAML and JSON say the same as options")
  func same() throws {
    let expected = try digest(Self.typed)
    let yaml = try file(
      """
      # A network for *digits*.
      hidden: [12, 8]
      epochs: 2
      optimizer: adam
      learning-rate: 1e-3
      standardize: true
      class-weights:
        - 1
        - 2
        - 1
        - 1
        - 1
        - 1
        - 1
        - 1
        - 1
        - 1.0
      format: json
      """)
    #expect(try digest(["--config", yaml]) == expected)
    let json = try file(
      """
      {
      \t"hidden": [12, 8], "epochs": 2, "optimizer": "adam", "learning-rate": 1e-3,
      \t"standardize": true, "class-weights": [1, 2, 1, 1, 1, 1, 1, 1, 1, 1], "format": "json"
      }
      """)
    #expect(try digest(["--config", json]) == expected)
  }

  @Test("The command line wins, wherever it stands")
  func commandLineWins() throws {
    let yaml = try file("epochs: 2\nhidden: 8\nformat: json\nvalidation: 0.2\n")
    let expected = try digest([
      "--epochs", "3", "--hidden", "8", "--validation", "0.2", "--format", "json",
    ])
    #expect(try digest(["--config", yaml, "--epochs", "3"]) == expected)
    #expect(try digest(["--epochs", "3", "--config=\(yaml)"]) == expected)
    // Together they make sense, which neither does alone.
    #expect(try CommandLineTool.run(["train", "--patience", "1", "--config", yaml]).status == 0)
  }

  @Test("The command line turns off what a file turns on")
  func turnedOff() throws {
    let yaml = try file(
      "epochs: 2\nstandardize: true\nsummary: true\ngradients: true\nformat: json\n")
    let expected = try digest(["--epochs", "2", "--format", "json"])
    let off = ["--no-standardize", "--no-summary", "--no-gradients"]
    let outcome = try CommandLineTool.run(["train"] + off + ["--config", yaml])
    #expect(try outcome.lastObject()["weights_sha256"] as? String == expected)
    #expect(outcome.lines.count == 3 && !outcome.output.contains("gradient_norms"))
    #expect(try digest(["--config", yaml]) != expected)
  }

  @Test(
    "What does not go together is told with the file that has a part of it",
    arguments: [
      ("momentum: 0.5\n", ["--optimizer", "adam"], "--optimizer adam. FILE has momentum."),
      ("clip-norm: 1\nseed: 2\n", ["--clip-value", "1"], "one of them. FILE has clip-norm."),
      ("save-every: 1\n", [], "--save-every needs --save, the file to write. FILE has save-every."),
      ("patience: 1\n", [], "share of samples to judge by. FILE has patience."),
      ("margin: 1\n", [], "--margin is for --loss hinge. FILE has margin."),
    ])
  func together(text: String, arguments: [String], message: String) throws {
    let path = try file(text)
    let outcome = try CommandLineTool.run(["train", "--config", path] + arguments)
    #expect(outcome.status == 2 && outcome.output == "")
    #expect(
      outcome.errors.contains(message.replacingOccurrences(of: "FILE", with: path) + "\n"),
      "\(outcome.errors)")
  }

  @Test(
    "Mistakes are named by file, line and key",
    arguments: [
      (
        "epochs: 2\nepoch: 3\n",
        "line 2: there is no option 'epoch'; did you mean 'epochs'?\n"
      ),
      ("epochs: two\n", "line 1: 'epochs' must be a whole number."),
      ("epochs: 2.5\n", "line 1: 'epochs' must be a whole number."),
      ("epochs: \"2\"\n", "line 1: 'epochs' must be a whole number."),
      ("epochs:\n", "line 1: 'epochs' must be a whole number."),
      ("epochs: [2]\n", "line 1: 'epochs' must be a whole number."),
      ("\nepochs: 0\n", "line 2: 'epochs': --epochs must be 1 or more, but is 0."),
      (
        "epochs: 99999999999999999999\n",
        "line 1: 'epochs': The value '99999999999999999999' is invalid"
      ),
      ("learning-rate: fast\n", "line 1: 'learning-rate' must be a number."),
      (
        "learning-rate: -1\n",
        "line 1: 'learning-rate': The learning rate must be 0 or more, but -1.0"
      ),
      ("learning-rate: .nan\n", "line 1: 'learning-rate' must be a number."),
      ("hidden: [8, x]\n", "line 1: 'hidden' must be a list of whole numbers"),
      ("hidden: [0]\n", "line 1: 'hidden': The value '0' is invalid for '--hidden"),
      ("optimizer: newton\n", "line 1: 'optimizer': The value 'newton' is invalid"),
      ("optimizer: 3\n", "line 1: 'optimizer' must be a text."),
      ("standardize: yes\n", "line 1: 'standardize' must be true or false."),
      ("config: x\n", "line 1: there is no option 'config'"),
      ("help: true\n", "line 1: there is no option 'help'"),
      ("dropout: 1\n", "line 1: 'dropout': The dropout must be in 0 ..< 1, but 1.0 was given."),
      (
        "surprise: 1\n",
        "line 1: there is no option 'surprise'; 'tidemill train --help' lists them.\n"
      ),
      ("seed: 1\nepochs: 2\nepochs: 3\n", ": line 2: 'epochs' is given more than once."),
      ("class-weights: []\n", "line 1: 'class-weights' must be a list of numbers"),
      ("- epochs\n", "must be an object with options by their names"),
      ("epochs: 2\n  hidden: 3\n", "is neither YAML nor JSON: line 2"),
      ("{\"epochs\": 2", "is neither YAML nor JSON: line "),
      ("epochs: &a 2\nbatch-size: *a\n", "line 1: anchors and aliases (& and *) are"),
      ("epochs: 2\nsave: \"it's #\": &a\n", "line 2: anchors and aliases"),
      ("[1, 2]: 3\n", "line 1: a key is no text"),
    ])
  func mistakes(text: String, message: String) throws {
    let path = try file(text)
    let outcome = try CommandLineTool.run(["train", "--config", path])
    #expect(outcome.status == 2 && outcome.output == "")
    #expect(outcome.errors.hasPrefix("error: \(path): "), "\(outcome.errors)")
    #expect(outcome.errors.contains(message), "\(outcome.errors)")
  }

  @Test("What is too large, too deep or no text is refused at once", .timeLimit(.minutes(1)))
  func hostile() throws {
    let laughs =
      "a: &a [x,x,x,x,x,x,x,x,x]\n"
      + (0..<9).map { "b\($0): &b\($0) [*\($0 == 0 ? "a" : "b\($0 - 1)"),*a,*a,*a,*a,*a,*a,*a]\n" }
      .joined()
    for text in [
      String(repeating: "[", count: 60_000), String(repeating: "{a: ", count: 15_000),
      String(repeating: "- ", count: 30_000), String(repeating: "? ", count: 30_000),
      "hidden: " + String(repeating: "- ", count: 30_000),
      (0..<300).map { String(repeating: " ", count: $0) + "a:\n" }.joined(),
      String(repeating: "epochs: 3 # long\n", count: 10_000), laughs,
      "epochs: \u{0}\n", String(repeating: "!", count: 60_000),
      String(repeating: "*", count: 60_000),
    ] {
      let outcome = try CommandLineTool.run(["train", "--config", file(text)])
      #expect(
        [1, 2].contains(outcome.status) && outcome.output == "",
        "\(text.prefix(40)): \(outcome.errors)")
      #expect(outcome.errors.hasPrefix("error: "), "\(text.prefix(40)): \(outcome.errors)")
    }
    let long = try CommandLineTool.run([
      "train", "--config", file(String(repeating: "#\n", count: 40_000)),
    ])
    #expect(long.errors.contains("has 80000 bytes, and no more than 65536 are read into memory"))
    try Data([0xff, 0xfe, 0x41]).write(to: URL(fileURLWithPath: folder.path("bytes")))
    let bytes = try CommandLineTool.run(["train", "--config", folder.path("bytes")])
    #expect(bytes.status == 2 && bytes.errors.contains("is no text in UTF-8"))
    let missing = try CommandLineTool.run(["train", "--config", folder.path("none")])
    #expect(missing.status == 1 && missing.errors.contains("cannot be opened: No such file"))
  }

  @Test("Every option of train can be in a file, but the one that names it and help")
  func keys() throws {
    let help = try CommandLineTool.run(["train", "--experimental-dump-help"]).output
    let names = Set(help.matches(of: /"name" : "([a-z0-9-]{2,})"/).map { String($0.1) })
    let known = Set(ConfigKind.ofKeys.keys)
    #expect(known.count > 35)
    let missing = names.subtracting(known).filter { !$0.hasPrefix("no-") }
    #expect(
      missing.subtracting(["config", "help", "version", "h", "config-has"]) == [], "\(missing)")
    #expect(known.subtracting(names) == [])
  }
}
