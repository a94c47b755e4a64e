import Foundation
import Testing
import Tidemill

@Suite("tidemill evaluate and predict")
struct UseTests {
  let folder: TemporaryFolder
  let weights: String
  let trained: [String: Any]

  init() throws {
    folder = try TemporaryFolder()
    weights = folder.path("digits.safetensors")
    let outcome = try CommandLineTool.run([
      "train", "--hidden", "16", "--epochs", "3", "--seed", "2", "--standardize", "--dropout",
      "0.1",
      "--save", weights, "--format", "json",
    ])
    trained = try outcome.lastObject()
  }

  @Test("Evaluating finds what training found")
  func evaluate() throws {
    let outcome = try CommandLineTool.run(["evaluate", "--weights", weights, "--format", "json"])
    #expect(outcome.status == 0, "\(outcome.errors)")
    let found: [String: Any] = try outcome.json()
    for key in [
      "dataset", "test_samples", "test_accuracy", "test_loss", "confusion",
      "macro_precision", "macro_recall", "macro_f1", "top3_accuracy",
    ] {
      #expect("\(found[key] ?? 1)" == "\(trained[key] ?? 2)", "\(key)")
    }
    let text = try CommandLineTool.run(["evaluate", "--weights", weights, "--dataset", "digits"])
    #expect(text.lines[0].hasPrefix("confusion matrix"))
    #expect(text.output.contains("test accuracy  ") && text.output.contains("\ntop-3 accuracy "))
    #expect(text.lines.allSatisfy { $0.count <= 80 })
    let help = try CommandLineTool.run(["evaluate", "--help"], environment: ["COLUMNS": "80"])
    #expect(help.lines.allSatisfy { $0.count <= 80 }, "\(help.output)")
  }

  @Test("Predictions are those that evaluating counts, from a file and from standard input")
  func predict() throws {
    let test = try Digits.load(seed: 2).test
    let path = folder.path("test.npy")
    try NPY(test.images).write(to: path)
    let outcome = try CommandLineTool.run([
      "predict", "--weights", weights, "--input", path, "--format", "json",
    ])
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.lines.count == test.count)
    var right = 0
    for (sample, line) in outcome.lines.enumerated() {
      let object = try #require(
        try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
      #expect(object["sample"] as? Int == sample)
      let probabilities = try #require(object["probabilities"] as? [Double])
      #expect(abs(probabilities.reduce(0, +) - 1) < 1e-5)
      let label = try #require(object["class"] as? Int)
      #expect(probabilities[label] == probabilities.max())
      right += try label == test.label(sample) ? 1 : 0
    }
    let accuracy = try #require(trained["test_accuracy"] as? Double)
    #expect(abs(Double(right) / Double(test.count) - accuracy) < 1e-12)

    let piped = Pipe()
    let process = try CommandLineTool.start(
      ["predict", "--weights", weights, "--input", "-", "--format", "json"], output: piped,
      errors: FileHandle.nullDevice, wrapper: "cat '\(path)' | \"$0\" \"$@\"")
    let text = String(decoding: piped.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(text == outcome.output)
  }

  @Test("One sample, images with rows, and float64 do as well; text tells the likeliest classes")
  func shapes() throws {
    let image = try Digits.load(seed: 2).test.image(0)
    var lines: Set<String> = []
    for (name, tensor) in [
      ("a", image), ("b", try image.reshaped(to: [64])), ("c", try image.reshaped(to: [8, 8])),
      ("d", try image.reshaped(to: [1, 8, 8])), ("e", try Tensor(image.doubles, shape: [1, 64])),
    ] {
      try NPY(tensor).write(to: folder.path(name))
      let outcome = try CommandLineTool.run([
        "predict", "--weights", weights, "--input", folder.path(name),
      ])
      #expect(outcome.status == 0, "\(outcome.errors)")
      lines.formUnion(outcome.lines)
    }
    #expect(lines.count == 1)
    let line = try #require(lines.first)
    #expect(
      line.wholeMatch(of: /0: \d \([\d.]+ %\), \d \([\d.]+ %\), \d \([\d.]+ %\)/) != nil, "\(line)")
  }

  @Test("A picture is a sample of its pixels", .timeLimit(.minutes(1)))
  func picture() throws {
    let image = try Digits.load(seed: 2).test.image(0)
    let values = try image.scalars(as: Float.self).map { UInt8(($0 * 255).rounded()) }
    try Data("P5 8 8 255\n".utf8 + values).write(to: URL(fileURLWithPath: folder.path("a.pgm")))
    let rounded = try Tensor(values.map { Float($0) / 255 }, shape: [1, 64])
    try NPY(rounded).write(to: folder.path("a.npy"))
    let lines = try ["a.pgm", "a.npy"].map { name in
      let outcome = try CommandLineTool.run([
        "predict", "--weights", weights, "--input", folder.path(name), "--format", "json",
      ])
      #expect(outcome.status == 0, "\(outcome.errors)")
      return outcome.output
    }
    #expect(lines[0] == lines[1])
    try Data("P5 7 8 255\n".utf8 + values.dropLast(8))
      .write(to: URL(fileURLWithPath: folder.path("b.pgm")))
    let outcome = try CommandLineTool.run([
      "predict", "--weights", weights, "--input", folder.path("b.pgm"),
    ])
    #expect(outcome.status == 1)
    #expect(
      outcome.errors == "error: \(folder.path("b.pgm")): is a picture of 7 x 8 pixels, but the "
        + "network was trained on images of 8 x 8 pixels: give a picture of 8 x 8 pixels.\n")
  }

  @Test("Bytes are on the scale that they are trained on, and other integers are themselves")
  func integers() throws {
    let bytes = (0..<64).map { UInt8($0 * 4) }
    let header = "{'descr': '|u1', 'fortran_order': False, 'shape': (1, 64)}"
    try Data(
      NPY.magic + [1, 0, UInt8(header.utf8.count), 0] + Array(header.utf8) + bytes
    ).write(to: URL(fileURLWithPath: folder.path("bytes")))
    try NPY(Tensor(bytes.map { Float($0) / 255 })).write(to: folder.path("floats"))
    try NPY(Tensor(bytes.map { Int64($0) })).write(to: folder.path("integers"))
    try NPY(Tensor(bytes.map { Float($0) })).write(to: folder.path("large"))
    let lines = try ["bytes", "floats", "integers", "large"].map { name in
      let outcome = try CommandLineTool.run([
        "predict", "--weights", weights, "--input", folder.path(name), "--format", "json",
      ])
      #expect(outcome.status == 0, "\(outcome.errors)")
      return outcome.output
    }
    #expect(lines[0] == lines[1] && lines[2] == lines[3] && lines[0] != lines[2])
  }

  @Test(
    "Numbers that are not finite are refused at their place, and no samples are said to be none")
  func notFinite() throws {
    for (number, text) in [
      (Double.nan, "nan"), (.infinity, "inf"), (1e300, "1e+300, more than float32 holds"),
    ] {
      var numbers = [Double](repeating: 0, count: 192)
      numbers[64 + 5] = number
      try NPY(Tensor(numbers, shape: [3, 64])).write(to: folder.path("x.npy"))
      let outcome = try CommandLineTool.run([
        "predict", "--weights", weights, "--input", folder.path("x.npy"),
      ])
      #expect(outcome.status == 1 && outcome.output == "", "\(outcome.output)")
      #expect(
        outcome.errors == "error: \(folder.path("x.npy")): feature 5 of sample 1 is \(text): give "
          + "finite numbers.\n")
    }
    var numbers = [Float](repeating: 0, count: 128)
    for index in 64..<128 { numbers[index] = index.isMultiple(of: 2) ? 3e38 : -3e38 }
    try NPY(Tensor(numbers, shape: [2, 64])).write(to: folder.path("x.npy"))
    let large = try CommandLineTool.run([
      "predict", "--weights", weights, "--input", folder.path("x.npy"),
    ])
    #expect(large.status == 1 && large.output == "", "\(large.output)")
    #expect(large.errors.hasPrefix("error: Of sample 1 the network makes no finite probabilities"))

    try NPY(Tensor(zeros: [0, 64])).write(to: folder.path("x.npy"))
    let none = try CommandLineTool.run([
      "predict", "--weights", weights, "--input", folder.path("x.npy"),
    ])
    #expect(none.status == 0 && none.output == "")
    #expect(none.errors == "note: \(folder.path("x.npy")) has no samples.\n")
  }

  @Test("A network of tables asks for samples, and not for images")
  func tables() throws {
    for (name, samples) in [("x_train", 4), ("x_test", 2)] {
      try FileManager.default.createDirectory(
        atPath: folder.path("table"), withIntermediateDirectories: true)
      let numbers = (0..<samples * 5).map { Float($0) / 8 }
      try NPY(Tensor(numbers, shape: [samples, 5])).write(to: folder.path("table/\(name).npy"))
      try NPY(Tensor((0..<samples).map { Int32($0 % 2) }))
        .write(to: folder.path("table/\(name.replacing("x", with: "y")).npy"))
    }
    let table = folder.path("table.safetensors")
    let outcome = try CommandLineTool.run([
      "train", "--dataset", folder.path("table"), "--hidden", "2", "--epochs", "1", "--batch-size",
      "2", "--save", table,
    ])
    #expect(outcome.status == 0, "\(outcome.errors)")
    try NPY(Tensor(zeros: [3, 6])).write(to: folder.path("x.npy"))
    let wrong = try CommandLineTool.run([
      "predict", "--weights", table, "--input", folder.path("x.npy"),
    ])
    #expect(
      wrong.errors == "error: \(folder.path("x.npy")): holds float32[3, 6], but the network was "
        + "trained on samples of 5 features: give an NPY array float32[N, 5].\n")
  }

  @Test("A data set of one's own is found again by its path, and its classes by their names")
  func ownDataSet() throws {
    let (data, file) = (folder.path("data"), folder.path("own.safetensors"))
    for (name, shade) in [("ash", 0), ("oak", 9)] {
      let path = "\(data)/\(name)"
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
      for number in 0..<10 {
        try Data("P2 2 1 9 \(shade) 4\n".utf8)
          .write(to: URL(fileURLWithPath: "\(path)/\(number).pgm"))
      }
    }
    let own = try CommandLineTool.run([
      "train", "--dataset", data, "--hidden", "none", "--epochs", "20", "--learning-rate", "1",
      "--save", file,
    ])
    #expect(own.status == 0, "\(own.errors)")
    let more = try CommandLineTool.run(["train", "--resume", file, "--epochs", "25"])
    #expect(more.status == 0, "\(more.errors)")
    let found = try CommandLineTool.run(["evaluate", "--weights", file])
    #expect(found.output.contains("0 ash") && found.output.contains("(4 of 4)"), "\(found.output)")
    for (label, name) in ["ash", "oak"].enumerated() {
      let options = ["predict", "--weights", file, "--input", "\(data)/\(name)/0.pgm"]
      #expect(try CommandLineTool.run(options).output.hasPrefix("0: \(name) ("))
      let object: [String: Any] = try CommandLineTool.run(options + ["--format", "json"]).json()
      #expect(object["class"] as? Int == label && object["name"] as? String == name)
    }
  }

  @Test("What does not fit is named")
  func mistakes() throws {
    func refusal(_ arguments: [String], status: Int32 = 1) throws -> String {
      let outcome = try CommandLineTool.run(arguments)
      #expect(outcome.status == status && outcome.output == "", "\(outcome.output)")
      return outcome.errors
    }
    try NPY(Tensor(zeros: [3, 63])).write(to: folder.path("wrong.npy"))
    #expect(
      try refusal(["predict", "--weights", weights, "--input", folder.path("wrong.npy")])
        == "error: \(folder.path("wrong.npy")): holds float32[3, 63], but the network was trained on "
        + "images of 8 x 8 pixels: give float32[N, 64] or float32[N, 8, 8].\n")
    try NPY(Tensor(zeros: [3, 64], .bool)).write(to: folder.path("wrong.npy"))
    #expect(
      try refusal(["predict", "--weights", weights, "--input", folder.path("wrong.npy")])
        .contains("holds bool[3, 64]"))
    #expect(
      try refusal(["predict", "--weights", weights, "--input", "-"])
        == "error: standard input: is empty: give an array as NPY, which numpy.save writes, or a "
        + "picture as PNG, PGM or PPM.\n")
    #expect(
      try refusal(["predict", "--weights", weights, "--input", weights])
        .contains(": is of another format: give an array as NPY"))
    let old = folder.path("old.safetensors")
    try Safetensors(Checkpoint(path: weights).parameters).write(to: old)
    for command in [["evaluate"], ["predict", "--input", "-"]] {
      #expect(
        try refusal(command + ["--weights", old])
          .hasPrefix("error: \(old): holds tensors, but is no checkpoint: "))
    }
    #expect(
      try refusal(["train", "--resume", old]).contains("holds tensors, but is no checkpoint"))
    try IDXSamples.write(to: folder.path("data"))
    #expect(
      try refusal(["evaluate", "--weights", weights, "--dataset", folder.path("data")])
        == "error: The network takes 64 features, but samples of 'data' have 1.\n")
    #expect(try refusal(["evaluate"], status: 2).contains("--weights"))
  }
}
