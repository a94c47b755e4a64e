import ArgumentParser
import Tidemill

/// The type of the numbers of a measured matrix product.
enum GemmType: String, ExpressibleByArgument, CaseIterable {
  case f32
  case f64
  case bf16

  /// - Throws: `ValidationError` where the engine has no such products.
  func check() throws {
    guard self != .bf16 else {
      throw ValidationError(
        "--dtype bf16: bf16 matrix products are not there; measure f32 or f64.")
    }
  }

  /// The engine's type.
  var dtype: DType { self == .f64 ? .float64 : .float32 }

  /// What the peak is measured with.
  var peakNumbers: ArithmeticPeak.Numbers {
    switch self {
    case .f32: .float32
    case .f64: .float64
    case .bf16: .bfloat16
    }
  }
}
