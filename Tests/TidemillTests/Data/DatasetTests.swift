import Testing
import Tidemill

/// A data set of `count` images of 2 x 3 pixels; pixel p of sample s is 10·s + p, its class s mod
/// 4.
func sample(_ count: Int) throws -> Dataset {
  let pixels = (0..<count * 6).map { Float($0 / 6 * 10 + $0 % 6) }
  return try Dataset(
    name: "sample", images: Tensor(pixels, shape: [count, 6]),
    labels: Tensor((0..<count).map { Int32($0 % 4) }), classes: 4, imageHeight: 2, imageWidth: 3)
}

/// What a data set holds fits together, and what does not is named.
@Suite struct DatasetTests {
  func refusal(
    images: Tensor, labels: Tensor, classes: Int = 3, height: Int = 2, width: Int = 2
  ) -> String {
    failure {
      _ = try Dataset(
        name: "d", images: images, labels: labels, classes: classes, imageHeight: height,
        imageWidth: width)
    }.message
  }

  @Test func samplesAreReadAndSelected() throws {
    let dataset = try sample(5)
    #expect(dataset.count == 5)
    #expect(dataset.features == 6)
    #expect(try dataset.image(2) == Tensor([20, 21, 22, 23, 24, 25] as [Float], shape: [1, 6]))
    #expect(try dataset.label(3) == 3)
    let chosen = try dataset.selecting([4, 0, 4])
    #expect(try chosen.labels.scalars(as: Int32.self) == [0, 0, 0])
    #expect(try chosen.image(2) == dataset.image(4))
    for sample in [-1, 5] {
      let error = failure { _ = try dataset.image(sample) }
      #expect(error.message == "sample has no sample \(sample): it has 5, from 0 on.")
      #expect(failure { _ = try dataset.label(sample) } == error)
      #expect(failure { _ = try dataset.selecting([0, sample]) } == error)
    }
  }

  @Test func classesMayHaveNames() throws {
    func named(_ names: [String]?) throws -> Dataset {
      try Dataset(
        name: "d", images: Tensor(zeros: [4, 1]), labels: Tensor([Int32(0), 1, 0, 1]), classes: 2,
        imageHeight: 1, imageWidth: 1, classNames: names)
    }
    let dataset = try named(["cat", "dog"])
    #expect(dataset.classNames == ["cat", "dog"])
    #expect(try dataset.selecting([1]).classNames == ["cat", "dog"])
    let standard = try Standardization(fitting: dataset).applied(to: dataset)
    #expect(standard.classNames == ["cat", "dog"])
    #expect(try named(nil).classNames == nil)
    let few = failure { _ = try named(["cat"]) }
    #expect(few.code == .data)
    #expect(
      few.message == "d: there are 1 names for 2 classes. Each class needs one name.")
    let other = failure { _ = try DatasetSplit(train: dataset, test: named(["dog", "cat"])) }
    #expect(
      other.message == "d: classes to train on and to test on have different names.")
  }

  @Test func classesAreCountedByTheLargestLabel() throws {
    func count(_ labels: [Int32]) throws -> Int {
      try Dataset.classCount(of: Tensor(labels), name: "f", loader: "F.load")
    }
    #expect(try count([]) == 1)
    #expect(try count([0, 2, 1]) == 3)
    #expect(try count([1, 2]) == 3, "labels may count from 1")
    #expect(try count([-5]) == 1, "a data set refuses such a label, with its range")
    #expect(try count(Array(0..<65_536)) == 65_536)
    let many = failure { _ = try count(Array(0...65_536)) }
    #expect(many.code == .data)
    #expect(
      many.message
        == "f: has labels up to 65536, but where nobody says how many classes there are, "
        + "there are at most 65536. Give the number of classes to F.load.")
  }

  @Test func labelsMustBeInRange() throws {
    let images = try Tensor(zeros: [3, 4])
    for label in [3, -1, Int32.max, .min] {
      let error = failure {
        _ = try Dataset(
          name: "d", images: images, labels: Tensor([0, label, 2]), classes: 3, imageHeight: 2,
          imageWidth: 2)
      }
      #expect(error.code == .data)
      #expect(
        error.message
          == "d: the label of sample 1 is \(label), but labels must be "
          + (label < 0 ? "0 or more." : "from 0 to 2."))
    }
  }

  @Test func shapesMustFit() throws {
    let images = try Tensor(zeros: [2, 4])
    let labels = try Tensor([Int32(0), 1])
    #expect(
      refusal(images: images, labels: try Tensor([Int32(0)]))
        == "d: there are 2 images, but 1 labels. Each image needs one label.")
    #expect(
      refusal(images: try Tensor(zeros: [2, 4], .float64), labels: labels)
        == "d: images must be float32[N, features], but are float64[2, 4].")
    #expect(
      refusal(images: try Tensor(zeros: [8]), labels: labels)
        == "d: images must be float32[N, features], but are float32[8].")
    #expect(
      refusal(images: images, labels: try Tensor([Float(0), 1]))
        == "d: labels must be int32[N], but are float32[2].")
    for (height, width) in [(2, 3), (0, 4), (-2, -2), (Int.max, 4)] {
      #expect(
        refusal(images: images, labels: labels, height: height, width: width)
          == "d: an image of \(height) x \(width) pixels does not have the 4 features of "
          + "float32[2, 4].")
    }
    #expect(
      refusal(images: images, labels: labels, classes: 0)
        == "d: there must be at least 1 class, not 0.")
  }

  @Test func aSplitHoldsEachSampleOnce() throws {
    let dataset = try sample(50)
    let split = try DatasetSplit(dataset, testFraction: 0.2, seed: 9)
    #expect(split.test.count == 10)
    let both = split.train.images.doubles + split.test.images.doubles
    #expect(both.sorted() == dataset.images.doubles.sorted())
    let other = try DatasetSplit(dataset, testFraction: 0.2, seed: 10)
    #expect(other.test.images != split.test.images)
  }

  @Test func splitsNeedBothSidesAndTheSameKind() throws {
    let dataset = try sample(3)
    for fraction in [0, 1, -0.5, 2, .nan, .infinity] {
      let error = failure { _ = try DatasetSplit(dataset, testFraction: fraction, seed: 1) }
      #expect(error.message == "testFraction must be between 0 and 1, but is \(fraction).")
    }
    let empty = failure { _ = try DatasetSplit(dataset, testFraction: 0.1, seed: 1) }
    #expect(
      empty.message
        == "sample: of 3 samples, a share of 0.1 to test on is 0, which leaves 3 to train "
        + "on: both need one. Give more samples.")
    #expect(empty.code == .data)
    let turned = try Dataset(
      name: "t", images: dataset.images, labels: dataset.labels, classes: 4, imageHeight: 3,
      imageWidth: 2)
    let sizes = failure { _ = try DatasetSplit(train: dataset, test: turned) }
    #expect(
      sizes.message == "sample: images to train on have 2 x 3 pixels, but images to test on 3 x 2.")
    let finer = try Dataset(
      name: "f", images: dataset.images, labels: dataset.labels, classes: 5, imageHeight: 2,
      imageWidth: 3)
    let classes = failure { _ = try DatasetSplit(train: dataset, test: finer) }
    #expect(classes.message == "sample: there are 4 classes to train on, but 5 to test on.")
  }
}
