import Testing
import Tidemill
import TidemillTestSupport

/// Metrics at their edges: ties, NaN, nothing at all, and what does not fit.
@Suite struct MetricTests {
  private let rows: [Double] = [
    1, 1, 1, .nan, 1, 2, 2, .nan, 1, 0, .infinity, -.infinity, .nan, .nan, 0,
  ]

  /// Of equal scores the lower class is ahead, as with argmax; both forms agree on NaN too.
  @Test func tiesAndNaN() throws {
    let scores = try Tensor(rows, shape: [5, 3])
    let expected: [[Int]] = [[0, 1, 2], [2, 2, 1], [1, 2, 2], [1, 0, 2], [2, 2, 2]]
    for label in 0..<3 {
      let labels = try Tensor(Array(repeating: Int32(label), count: 5))
      #expect(try labelRanks(scores, labels: labels) == expected.map { $0[label] })
      let found = try numbers([scores, labels]) { _, x in [labelRanks(x[0], labels: x[1])] }
      #expect(found[0] == expected.map { Double($0[label]) })
    }
  }

  @Test func nothing() throws {
    let none = try Tensor(zeros: [0, 3])
    let labels = try Tensor([] as [Int32])
    #expect(try topKAccuracy(none, labels: labels, k: 1) == 0)
    let found = try numbers([none, labels]) { _, x in
      [
        accuracy(x[0], labels: x[1]), topKAccuracy(x[0], labels: x[1], k: 2),
        confusionMatrix(labels: x[1], predicted: x[1], classes: 2),
      ]
    }
    #expect(found == [[0], [0], [0, 0, 0, 0]])
    let matrix = try ConfusionMatrix([])
    #expect(matrix.accuracy == 0 && matrix.classScores.isEmpty && matrix.samples == 0)
    for average in ScoreAverage.allCases {
      let scores = matrix.averaged(average)
      #expect([scores.precision, scores.recall, scores.f1] == [0, 0, 0] && scores.support == 0)
    }
    let zeros = try ConfusionMatrix([[0, 0], [0, 0]])
    #expect(zeros.averaged(.weighted).f1 == 0 && zeros.averaged(.macro).recall == 0)
  }

  /// A label beyond the classes is a miss, and never another row's count.
  @Test func labelsBeyondTheClasses() throws {
    let scores = try Tensor([-0.5, -0.25, -0.125, -1] as [Double], shape: [2, 2])
    let labels = try Tensor([2, -1] as [Int32])
    let found = try numbers([scores, labels]) { _, x in
      [
        labelRanks(x[0], labels: x[1]), accuracy(x[0], labels: x[1]),
        topKAccuracy(x[0], labels: x[1], k: 2),
      ]
    }
    #expect(found == [[2, 2], [0], [0]])
    for (label, guess) in [(0, 2), (2, 0), (-1, 1), (0, -1)] as [(Int32, Int32)] {
      let function = try compile { g in
        confusionMatrix(
          labels: g.input("l", [1], .int32), predicted: g.input("p", [1], .int32), classes: 2)
      }
      #expect(
        try message { try function.session().run(Tensor([label]), Tensor([guess])) }
          .contains("-1"))
    }
    #expect(
      try message { try labelRanks(scores, labels: Tensor([0, 2] as [Int64])) }
        .contains("label of sample 1 is 2, but there are 2 classes"))
    #expect(
      try message {
        try ConfusionMatrix(labels: labels, predicted: labels, classes: 2)
      }.contains("label of sample 0 is 2"))
    #expect(
      try message {
        try ConfusionMatrix(
          labels: Tensor([0] as [Int32]), predicted: Tensor([3] as [Int32]), classes: 2)
      }.contains("prediction of sample 0 is 3"))
  }

  @Test func numbersThatDoNotFit() throws {
    let labels = try Tensor([0, 1] as [Int32])
    let scores = try Tensor(zeros: [2, 2])
    func check(_ part: String, _ body: () throws -> Any) throws {
      let text = try message(of: body)
      #expect(text.contains(part), "\(text)")
    }
    try check("k of 1 or more, but 0 was given") { try topKAccuracy(scores, labels: labels, k: 0) }
    try check("but float32[2] and int32[2] were given") {
      try labelRanks(Tensor(zeros: [2]), labels: labels)
    }
    try check("but float32[3, 2] and int32[2]") {
      try labelRanks(Tensor(zeros: [3, 2]), labels: labels)
    }
    try check("Each label is an int32 or int64 of shape [samples], but float32[2]") {
      try labelRanks(scores, labels: Tensor(zeros: [2]))
    }
    try check("0 to 4096 classes, but 5000") {
      try ConfusionMatrix(labels: labels, predicted: labels, classes: 5000)
    }
    try check("0 to 4096 classes, but -1") {
      try ConfusionMatrix(labels: labels, predicted: labels, classes: -1)
    }
    try check("2 labels and 1 predictions") {
      try ConfusionMatrix(labels: labels, predicted: Tensor([0] as [Int32]), classes: 2)
    }
    try check("but 2 rows of 1, 2 counts were given") {
      try ConfusionMatrix([[1, 2], [3]])
    }
    try check("but -1 was given") { try ConfusionMatrix([[1, -1], [3, 0]]) }
    try check("less than 2^63") { try ConfusionMatrix([[.max, 1], [0, 0]]) }
  }

  @Test func valuesThatDoNotFit() throws {
    func check(_ part: String, _ body: (GraphBuilder) throws -> Value) throws {
      let text = try diagnostics { [try body($0)] }
      #expect(text.contains(part), "\(text)")
    }
    try check("topKAccuracy: k must be 1 or more, but -3") { g in
      topKAccuracy(g.input("x", [2, 3]), labels: g.input("l", [2], .int32), k: -3)
    }
    try check("labelRanks: the scores are float32[2]") { g in
      labelRanks(g.input("x", [2]), labels: g.input("l", [2], .int32))
    }
    try check("accuracy: the scores are float32[2, 3] and the labels float32[2]") { g in
      accuracy(g.input("x", [2, 3]), labels: g.input("l", [2]))
    }
    try check("confusionMatrix: labels are int32[2], predictions int32[3] and classes 4") { g in
      confusionMatrix(
        labels: g.input("l", [2], .int32), predicted: g.input("p", [3], .int32), classes: 4)
    }
  }
}
