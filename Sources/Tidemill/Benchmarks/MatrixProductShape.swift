/// The shape of a matrix product `C = A·B`, with `A` of `m` rows and `k` columns and `B` of `k` rows and
/// `n` columns, either of which may be stored transposed.
public struct MatrixProductShape: Hashable, Sendable, CustomStringConvertible {
  /// Whether `A` is stored as `k` rows of `m` numbers.
  public let transA: Bool
  /// Whether `B` is stored as `n` rows of `k` numbers.
  public let transB: Bool
  /// Rows of the product.
  public let m: Int
  /// Columns of the product.
  public let n: Int
  /// The axis that is summed.
  public let k: Int

  /// Makes a shape.
  ///
  /// - Parameters:
  ///   - transA: Whether `A` is stored transposed.
  ///   - transB: Whether `B` is stored transposed.
  ///   - m: Rows of the product.
  ///   - n: Columns of the product.
  ///   - k: The axis that is summed.
  public init(transA: Bool = false, transB: Bool = false, m: Int, n: Int, k: Int) {
    self.transA = transA
    self.transB = transB
    self.m = m
    self.n = n
    self.k = k
  }

  /// `N T 64 256 784`: whether each operand is transposed (`T`) or not (`N`), then M, N and K.
  public var description: String { "\(Self.letter(transA)) \(Self.letter(transB)) \(m) \(n) \(k)" }

  package static func letter(_ isTransposed: Bool) -> String { isTransposed ? "T" : "N" }

  /// A multiplication and an addition for each step of each sum; as a real number, which cannot
  /// overflow.
  public var flops: Double { 2 * Double(m) * Double(n) * Double(k) }

  /// The numbers of both operands and of the product: the fewest that must move.
  public var elements: Double {
    let (m, n, k) = (Double(m), Double(n), Double(k))
    return m * k + k * n + m * n
  }

  /// How `A` is stored.
  var storedA: Shape { transA ? [k, m] : [m, k] }
  /// How `B` is stored.
  var storedB: Shape { transB ? [n, k] : [k, n] }

  /// What networks multiply, forward and backward: squares, layers of several widths with transposed
  /// operands, single rows, few rows, many short rows, and odd numbers.
  public static let common: [MatrixProductShape] =
    [64, 128, 256, 512, 1024, 2048].map { MatrixProductShape(m: $0, n: $0, k: $0) } + [
      MatrixProductShape(m: 64, n: 256, k: 784),
      MatrixProductShape(transA: true, m: 784, n: 256, k: 64),
      MatrixProductShape(transB: true, m: 64, n: 256, k: 256),
      MatrixProductShape(transB: true, m: 64, n: 784, k: 256),
      MatrixProductShape(m: 64, n: 10, k: 256),
      MatrixProductShape(m: 256, n: 1024, k: 784),
      MatrixProductShape(m: 1024, n: 4096, k: 1024),
      MatrixProductShape(transA: true, m: 1024, n: 1024, k: 256),
      MatrixProductShape(transB: true, m: 256, n: 1024, k: 1024),
      MatrixProductShape(m: 1, n: 1024, k: 1024),
      MatrixProductShape(m: 16, n: 4096, k: 1024),
      MatrixProductShape(m: 50000, n: 64, k: 64),
      MatrixProductShape(m: 37, n: 411, k: 293),
    ]
}
