import Testing
import Tidemill

/// Tiles lie where they should, in the shades they should have.
@Suite struct FeaturePictureTests {
  @Test func eachUnitIsATileScaledByItsOwnLargestWeight() throws {
    // Images of 1 x 2 pixels, three units: 2 x 2 places, the last one empty.
    let weights = try Tensor([Float(1), -4, 0, -1, 2, 0], shape: [2, 3])
    let picture = try FeaturePicture(
      weights: weights, imageHeight: 1, imageWidth: 2, magnification: 1)
    #expect(picture.width == 5)
    #expect(picture.height == 3)
    let line = FeaturePicture.background
    #expect(
      picture.pixels == [
        255, 0, line, 0, 191,
        line, line, line, line, line,
        128, 128, line, line, line,
      ])
  }

  @Test func magnificationRepeatsPixels() throws {
    let weights = try Tensor([1.0, -1], shape: [2, 1])
    let picture = try FeaturePicture(
      weights: weights, imageHeight: 2, imageWidth: 1, magnification: 2)
    #expect(picture.pixels == [255, 255, 255, 255, 0, 0, 0, 0])
    let small = try FeaturePicture(
      weights: Tensor(zeros: [64, 10]), imageHeight: 8, imageWidth: 8)
    #expect(small.magnification == 6)
    #expect(small.width == 4 * 49 - 1)
    #expect(small.height == 3 * 49 - 1)
  }

  @Test func whatIsNotFiniteHasAShadeToo() throws {
    let weights = try Tensor([Float.nan, .infinity, -.infinity, 2], shape: [4, 1])
    let picture = try FeaturePicture(
      weights: weights, imageHeight: 2, imageWidth: 2, magnification: 1)
    #expect(picture.pixels == [128, 255, 0, 255])
  }

  @Test func isWrittenAsPNG() throws {
    let folder = try TemporaryFolder()
    let picture = try FeaturePicture(
      weights: Tensor(zeros: [4, 2]), imageHeight: 2, imageWidth: 2)
    try picture.write(to: folder("f.png"))
    #expect(
      try contents(folder("f.png"))
        == PNG.encode(grey: picture.pixels, width: picture.width, height: picture.height))
  }

  @Test func weightsMustFitTheImage() throws {
    for (height, width) in [(8, 9), (0, 64), (-8, -8), (Int.max, 2)] {
      let error = failure {
        _ = try FeaturePicture(
          weights: Tensor(zeros: [64, 10]), imageHeight: height, imageWidth: width)
      }
      #expect(
        error.message
          == "A picture of features needs weights of shape [inputs, units] with an input "
          + "for each of \(height) x \(width) pixels, but they are float32[64, 10].")
    }
    for wrong in [Tensor(scalar: Float(1)), try Tensor(zeros: [64, 0]), try Tensor([Int32(1)])] {
      let error = failure { _ = try FeaturePicture(weights: wrong, imageHeight: 8, imageWidth: 8) }
      #expect(error.message.hasSuffix("but they are \(wrong.type)."))
    }
  }

  @Test(arguments: [0, -1, 1 << 20, Int.max])
  func magnificationHasLimits(magnification: Int) throws {
    let error = failure {
      _ = try FeaturePicture(
        weights: Tensor(zeros: [64, 10]), imageHeight: 8, imageWidth: 8,
        magnification: magnification)
    }
    #expect(error.message.contains("magnified \(magnification) times, is not possible"))
  }
}
