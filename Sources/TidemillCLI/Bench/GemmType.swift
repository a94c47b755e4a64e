import ArgumentParser
import Tidemill

/// The type of the numbers of a measured matrix product.
enum GemmType: String, ExpressibleByArgument, CaseIterable {
  case f32
  case f64
  case bf16

  /// The type of the operands.
  var dtype: DType {
    switch self {
    case .f32: .float32
    case .f64: .float64
    case .bf16: .bfloat16
    }
  }

  /// What the peak is measured with.
  var peakNumbers: ArithmeticPeak.Numbers {
    switch self {
    case .f32: .float32
    case .f64: .float64
    case .bf16: .bfloat16
    }
  }
}
