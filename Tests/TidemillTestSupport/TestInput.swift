import Tidemill
import TidemillGraph

/// An operand of a checked operation: a shape, and how its numbers are drawn.
package struct TestInput: Sendable {
  package enum Kind: Sendable {
    /// Of the floating-point type that is being checked, differentiated.
    case differentiated
    /// Of the floating-point type that is being checked.
    case floatingPoint
    /// Always of this type.
    case fixed(DType)
  }

  package let shape: Shape
  package let kind: Kind
  private let draw: @Sendable (inout SeededGenerator, Int) -> [Double]

  private init(
    _ shape: Shape, _ kind: Kind,
    _ draw: @escaping @Sendable (inout SeededGenerator, Int) -> [Double]
  ) {
    (self.shape, self.kind, self.draw) = (shape, kind, draw)
  }

  /// Uniform in a range.
  package static func uniform(
    _ shape: Shape, _ range: ClosedRange<Double> = -2...2
  ) -> TestInput {
    TestInput(shape, .differentiated) { generator, count in
      (0..<count).map { _ in generator.uniform(range) }
    }
  }

  /// Distinct multiples of a step around 0, none of them 0, shuffled: far from ties and kinks.
  package static func distinct(
    _ shape: Shape, step: Double = 0.0625, offset: Double = 0
  ) -> TestInput {
    TestInput(shape, .differentiated) { generator, count in
      generator.shuffled(count).map { (Double($0) - Double(count / 2) + 0.5) * step + offset }
    }
  }

  /// Given numbers.
  package static func numbers(_ values: [Double], _ shape: Shape) -> TestInput {
    TestInput(shape, .differentiated) { _, _ in values }
  }

  /// Given numbers of a fixed type, not differentiated.
  package static func fixed(_ values: [Double], _ shape: Shape, _ dtype: DType) -> TestInput {
    TestInput(shape, .fixed(dtype)) { _, _ in values }
  }

  /// Integers in a range.
  package static func integers(
    _ shape: Shape, _ range: Range<Int>, _ dtype: DType = .int32
  ) -> TestInput {
    TestInput(shape, .fixed(dtype)) { generator, count in
      (0..<count).map { _ in Double(range.lowerBound + generator.index(below: range.count)) }
    }
  }

  /// Truth values.
  package static func bools(_ shape: Shape) -> TestInput {
    TestInput(shape, .fixed(.bool)) { generator, count in
      (0..<count).map { _ in generator.chance(0.5) ? 1 : 0 }
    }
  }

  /// The same numbers, but constant to gradients.
  package var constant: TestInput { TestInput(shape, .floatingPoint, draw) }

  package var isDifferentiated: Bool { if case .differentiated = kind { true } else { false } }

  package func dtype(checking dtype: DType) -> DType {
    if case .fixed(let fixed) = kind { fixed } else { dtype }
  }

  /// Numbers that float32 holds exactly, so that one oracle serves both types.
  package func draw(from generator: inout SeededGenerator) -> [Double] {
    draw(&generator, shape.count).map { Double(Float($0)) }
  }
}
