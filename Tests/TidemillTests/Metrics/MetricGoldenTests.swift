import Testing
import Tidemill
import TidemillTestSupport

/// Metrics of numbers and metrics in graphs against scikit-learn's.
@Suite struct MetricGoldenTests {
  struct Scores: Decodable {
    let precision: [Double]
    let recall: [Double]
    let f1: [Double]
    let support: [Int]
  }
  struct Case: Decodable {
    let name: String
    let classes: Int
    let labels: [Int32]
    let scores: [Float]
    let predicted: [Int32]
    let confusion: [[Int]]
    let accuracy: Double
    let topK: [Double]
    let classes_: Scores
    let macro: Scores
    let micro: Scores
    let weighted: Scores
  }

  private func cases() throws -> [Case] {
    let cases = try Goldens.read("metrics.json", as: [Case].self, of: "Metrics")
    try #require(cases.count == 4)
    return cases
  }

  private func close(_ found: [Double], _ expected: [Double], _ what: String) {
    #expect(found.count == expected.count, "\(what)")
    for (left, right) in zip(found, expected) {
      #expect(abs(left - right) < 1e-14, "\(what): \(found), scikit-learn: \(expected)")
    }
  }

  @Test func confusionAndScores() throws {
    for golden in try cases() {
      let matrix = try ConfusionMatrix(
        labels: Tensor(golden.labels), predicted: Tensor(golden.predicted), classes: golden.classes)
      #expect(matrix.counts == golden.confusion)
      #expect(try matrix == ConfusionMatrix(golden.confusion))
      #expect(matrix.samples == golden.labels.count)
      close([matrix.accuracy], [golden.accuracy], golden.name)
      let scores = matrix.classScores
      close(scores.map(\.precision), golden.classes_.precision, golden.name)
      close(scores.map(\.recall), golden.classes_.recall, golden.name)
      close(scores.map(\.f1), golden.classes_.f1, golden.name)
      #expect(scores.map(\.support) == golden.classes_.support)
      let averages: [(ScoreAverage, Scores)] = [
        (.macro, golden.macro), (.micro, golden.micro), (.weighted, golden.weighted),
      ]
      for (average, expected) in averages {
        let found = matrix.averaged(average)
        close([found.precision], expected.precision, "\(golden.name), \(average)")
        close([found.recall], expected.recall, "\(golden.name), \(average)")
        close([found.f1], expected.f1, "\(golden.name), \(average)")
        #expect(found.support == golden.labels.count)
      }
    }
  }

  @Test func topK() throws {
    for golden in try cases() {
      let scores = try Tensor(golden.scores, shape: [golden.labels.count, golden.classes])
      let labels = try Tensor(golden.labels)
      for (index, expected) in golden.topK.enumerated() {
        let found = try topKAccuracy(scores, labels: labels, k: index + 1)
        close([found], [expected], "\(golden.name), top \(index + 1)")
      }
    }
  }

  /// The same numbers from graphs, for labels of both integer types.
  @Test(arguments: [DType.int32, .int64]) func inGraphs(dtype: DType) throws {
    for golden in try cases() {
      let shape: Shape = [golden.labels.count, golden.classes]
      let inputs = try [Tensor(golden.scores, shape: shape), Tensor(golden.labels)]
      let found = try numbers(inputs) { _, x in
        let labels = x[1].cast(to: dtype)
        return [
          accuracy(x[0], labels: labels),
          confusionMatrix(
            labels: labels, predicted: x[0].argmax().cast(to: dtype), classes: golden.classes),
        ] + (1...golden.classes).map { topKAccuracy(x[0], labels: labels, k: $0) }
      }
      #expect(abs(found[0][0] - golden.accuracy) < 1e-7)
      #expect(found[1] == golden.confusion.joined().map(Double.init))
      #expect(zip(found.dropFirst(2), golden.topK).allSatisfy { abs($0[0] - $1) < 1e-7 })
    }
  }
}
