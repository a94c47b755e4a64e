import Testing
import Tidemill

/// Tables become data sets, and what is wrong with one is named by line and column.
@Suite struct CSVFileTests {
  private func parse(
    _ text: String, label: CSVColumn = .index(0), hasHeader: Bool = false, classes: Int? = nil,
    imageHeight: Int = 1
  ) throws -> Dataset {
    try CSVFile.parse(
      Array(text.utf8), name: "f", label: label, hasHeader: hasHeader, classes: classes,
      imageHeight: imageHeight)
  }

  private func refusal(
    _ text: String, label: CSVColumn = .index(0), hasHeader: Bool = false, classes: Int? = nil
  ) -> String {
    let error = failure {
      _ = try parse(text, label: label, hasHeader: hasHeader, classes: classes)
    }
    #expect(error.code == .data)
    #expect(error.message.hasPrefix("f: "))
    return String(error.message.dropFirst(3))
  }

  @Test(arguments: [CSVColumn.name("kind"), .index(1)])
  func aColumnIsTheLabel(label: CSVColumn) throws {
    let data = try parse(
      "width,kind,height\n0.5,1,-1e-3\n+7,0,.25\n", label: label, hasHeader: true)
    #expect(try data.images == Tensor([Float(0.5), -1e-3, 7, 0.25], shape: [2, 2]))
    #expect(try data.labels == Tensor([Int32(1), 0]))
    #expect(data.classes == 2)
    #expect(data.imageHeight == 1 && data.imageWidth == 2)
    #expect(data.name == "f")
  }

  @Test(arguments: [
    "1,2\n3,4\n", "1,2\n3,4", "1,2\r\n3,4\r\n", "1,2\r\n3,4", "\u{FEFF}1,2\n3,4\n",
    "\"1\",2\r\n3,\"4\"", "\"1\",\"2\"\n\"3\",\"4\"\n",
  ])
  func endsOfLinesAndQuotesAreRead(text: String) throws {
    let data = try parse(text, label: .index(1), classes: 9)
    #expect(try data.images == Tensor([Float(1), 3], shape: [2, 1]))
    #expect(try data.labels == Tensor([Int32(2), 4]))
    #expect(data.classes == 9)
  }

  @Test func namesMayHoldAnythingInQuotes() throws {
    let text = "\"a \"\"b\"\", c\nd\",label\n1,0\nx,0\n"
    let error = refusal(text, label: "label", hasHeader: true)
    #expect(error == "line 4, column 1 (a \"b\", c\\u{a}d): 'x' is no finite decimal number.")
    let name: CSVColumn = "a \"b\", c\nd"
    #expect(refusal(text, label: name, hasHeader: true).contains("line 4, column 1"))
  }

  @Test func imagesHaveRows() throws {
    let data = try parse("0,1,2,3,4,5,6\n", imageHeight: 2)
    #expect(data.imageHeight == 2 && data.imageWidth == 3)
    let odd = failure { _ = try parse("0,1,2,3\n", imageHeight: 2) }
    #expect(odd.message.contains("an image of 2 x 1 pixels does not have the 3 features"))
    let none = failure { _ = try parse("0,1\n", imageHeight: 0) }
    #expect(none.code == .argument)
    #expect(none.message == "imageHeight must be 1 or more, but is 0.")
  }

  @Test func plainAndPackedFilesAreRead() throws {
    let folder = try TemporaryFolder()
    let text = Array("a,label\n1,0\n2,1\n".utf8)
    let plain = try CSVFile.load(folder.file("f.csv", text), label: "label")
    let packed = try CSVFile.load(folder.file("f.csv.gz", gzip(text)), label: 1)
    #expect(plain.images == packed.images && plain.labels == packed.labels)
    let missing = failure { _ = try CSVFile.load("/nonexistent/f.csv", label: 0) }
    #expect(missing.code == .file)
  }

  /// What is written as text is read again with the same bits.
  @Test func digitsComeBack() throws {
    let digits = try Digits.all()
    let pixels = try digits.images.scalars(as: Float.self).map { $0.nextUp * .pi }
    let labels = try digits.labels.scalars(as: Int32.self)
    let lines = labels.indices.map { sample in
      let row = pixels[sample * 64..<(sample + 1) * 64].map { "\($0)" }
      return row.joined(separator: ",") + ",\(labels[sample])\r\n"
    }
    let data = try parse(lines.joined(), label: .index(64), imageHeight: 8)
    #expect(try data.images.hasSameBits(as: Tensor(pixels, shape: digits.images.shape)))
    #expect(data.labels.hasSameBits(as: digits.labels))
    #expect(data.classes == 10 && data.imageWidth == 8)
  }

  @Test(arguments: [
    "", " ", " 1", "1 ", "x", "nan", "inf", "-inf", "infinity", "0x10", "1e39", "1,5", "1_0", "--1",
    "1e", "e1", ".", "+", "٣", "\0", "1\0",
  ])
  func whatIsNoNumberIsRefused(text: String) {
    #expect(
      refusal("a,label,b\n0,0,0\n0,0,\"\(text)\"\n", label: "label", hasHeader: true)
        == "line 3, column 3 (b): '\(text.replacing("\0", with: "\\u{0}"))' is no finite decimal "
        + "number.")
  }

  @Test(arguments: ["", "-1", "0.5", "1e0", "2147483647", "x"])
  func whatIsNoClassIsRefused(text: String) {
    #expect(
      refusal("0,0\n1,\(text)\n", label: .index(1))
        == "line 2, column 2: '\(text)' is no class, which is a whole number from 0 to 2147483646.")
  }

  @Test func classesMustBeEnough() {
    #expect(
      refusal("0,1\n4,1\n", classes: 4)
        == "the label of sample 1 is 4, but labels must be from 0 to 3.")
    // A label that is a mistake would make classes that do not exist.
    let gap = refusal("0,1\n1,1\n2147483646,1\n")
    #expect(gap.hasPrefix("sample 2 has the label 2147483646, but no sample has the label 2: "))
    #expect(gap.hasSuffix("or give the number of classes to CSVFile.load."))
  }

  @Test func raggedRecordsAreRefused() {
    #expect(
      refusal("a,b,c\n1,2,3\n1,2\n", hasHeader: true)
        == "line 3 has 2 fields, and the first has 3: at column 3 there is nothing for column 3 (c)."
    )
    #expect(
      refusal("1,2,3\n1,2,3,4,5\n")
        == "line 2 has 5 fields, and the first has 3: at column 4 there is one more field, '4'.")
    #expect(refusal("1,2\n\n1,2\n").hasPrefix("line 2 has 1 fields, and the first has 2"))
    #expect(refusal("1,2\n1,2,\n").hasPrefix("line 2 has 3 fields, and the first has 2"))
    #expect(refusal("1,2\n1,2\n\n").hasPrefix("line 3 has 1 fields, and the first has 2"))
  }

  @Test(arguments: [
    ("1,\"2", "line 1, column 2: the quote is never closed."),
    ("1,2\n\"1\n\n,2", "line 2, column 1: the quote is never closed."),
    ("1,2\n1,2\"\"", "line 2, column 2: there is a quote inside of a field without quotes."),
    ("1,\"2\"3\n", "line 1, column 2: there is text after the closing quote."),
    ("1,\"2\" \n", "line 1, column 2: there is text after the closing quote."),
    ("1,2\r1,2", "line 1, column 2: a carriage return is not followed by a line feed."),
    ("1,\"2\"\r", "line 1, column 2: a carriage return is not followed by a line feed."),
    ("", "is empty."),
    ("\u{FEFF}", "is empty."),
    ("1\n2\n", "has one column, and a label and at least one feature are needed."),
    ("1,2\n", "has 2 columns, from 0 on, but the label is column 5."),
  ])
  func badTextIsRefused(text: String, message: String) {
    #expect(refusal(text, label: .index(text == "1,2\n" ? 5 : 0)) == message)
  }

  @Test func headersAreChecked() {
    #expect(
      refusal("1,2\n1,2\n", hasHeader: true)
        == "line 1 has numbers only, and so is no header; say that there is none (hasHeader).")
    #expect(refusal("a,b\n", hasHeader: true) == "has a header, but no records.")
    #expect(refusal("a,b\n1,2\n", label: "c", hasHeader: true) == "has no column 'c', but a, b.")
    #expect(
      refusal("a,a\n1,2\n", label: "a", hasHeader: true)
        == "has 2 columns called 'a'; use the position of one.")
    let unnamed = failure { _ = try parse("1,2\n", label: "a") }
    #expect(unnamed.code == .argument)
    #expect(unnamed.message.hasPrefix("The label is the column 'a', but without a header"))
    let negative = failure { _ = try parse("1,2\n", label: .index(-1)) }
    #expect(negative.code == .argument)
    #expect(negative.message == "Columns are counted from 0, but the label is -1.")
  }

  /// Whatever the bytes: a data set or an error, no trap.
  @Test func damagedFilesNeverTrap() throws {
    let text = Array("a,\"b \"\"c\"\"\",label\r\n1,2.5,0\r\n-1e3,\"4\",1\r\n0,0,2\n".utf8)
    let seed: UInt64 = 21
    var (read, refused) = (0, 0)
    for bytes in damaged(text, seed: seed, count: 100_000) {
      do {
        let data = try CSVFile.parse(bytes, name: "seed \(seed)", label: .index(2))
        #expect(data.images.shape[0] == data.count)
        read += 1
      } catch is TidemillError { refused += 1 }
    }
    #expect(read > 0 && refused > 0)
  }
}
