import Testing
import Tidemill

/// Loss and accuracy by epoch.
@Suite struct LearningCurvesTests {
  private var curves: LearningCurves {
    var curves = LearningCurves()
    curves.append(
      training: .init(loss: 1.5, accuracy: 0.5), validation: .init(loss: 1.25, accuracy: 0.75))
    curves.append(training: .init(loss: 0.5, accuracy: 0.875))
    curves.append(number: 7, validation: .init(loss: 0.25))
    return curves
  }

  @Test("The table has a row for each epoch, and nothing where there is no number")
  func csv() {
    #expect(
      curves.csv == """
        epoch,loss,accuracy,validation_loss,validation_accuracy
        1,1.5,0.5,1.25,0.75
        2,0.5,0.875,,
        7,,,0.25,

        """)
  }

  @Test("The picture has loss and accuracy, of training and validation, over the epochs' numbers")
  func charts() throws {
    let charts = curves.charts
    #expect(charts.map(\.title) == ["Loss", "Accuracy"])
    #expect(charts[0].series.map(\.name) == ["training", "validation"])
    #expect(charts[0].series.map { $0.points.map(\.x) } == [[1, 2], [1, 7]])
    #expect(charts[0].series.map { $0.points.map(\.y) } == [[1.5, 0.5], [1.25, 0.25]])
    #expect(charts[1].series.map { $0.points.map(\.y) } == [[0.5, 0.875], [0.75]])
    #expect(try SVGReader(curves.svg).all("path").count == 10)
  }

  @Test("Without accuracies there is one chart; without epochs an empty one")
  func less() throws {
    var losses = LearningCurves()
    #expect(losses.charts.count == 1)
    _ = try SVGReader(losses.svg)
    #expect(losses.csv == "epoch,loss,accuracy,validation_loss,validation_accuracy\n")
    losses.append(training: .init(loss: 1))
    #expect(losses.charts.map(\.title) == ["Loss"])
    losses.append(number: .max)
    losses.append()
    #expect(losses.epochs.map(\.number) == [1, .max, .max])
  }
}
