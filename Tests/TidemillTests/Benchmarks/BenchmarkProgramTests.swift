import Foundation
import Testing
import Tidemill

@Suite("Programs that benchmarks run")
struct BenchmarkProgramTests {
  @Test(
    "A product is the one of its shape, with operands stored as it says",
    arguments: [(false, false), (true, false), (false, true), (true, true)])
  func products(transA: Bool, transB: Bool) throws {
    let (m, n, k) = (5, 7, 3)
    let shape = MatrixProductShape(transA: transA, transB: transB, m: m, n: n, k: k)
    for threads in [1, 2] {
      let program = try BenchmarkProgram(shape, dtype: .float64, threads: threads)
      try program.run(times: 3)
      let (a, b) = try (program.input(0).doubles, program.input(1).doubles)
      let result = try program.result()
      #expect(result.shape == [m, n])
      for row in 0..<m {
        for column in 0..<n {
          let sum = (0..<k).reduce(0.0) { sum, step in
            sum + a[transA ? step * m + row : row * k + step]
              * b[transB ? column * k + step : step * n + column]
          }
          #expect(abs(result.doubles[row * n + column] - sum) < 1e-14)
        }
      }
      #expect(a.allSatisfy { abs($0) <= 1 } && Set(a).count == m * k)
    }
  }

  @Test("What shapes say and count")
  func shapes() {
    let shape = MatrixProductShape(transB: true, m: 64, n: 256, k: 784)
    #expect(shape.description == "N T 64 256 784")
    #expect(shape.flops == 25_690_112 && shape.elements == 267_264)
    #expect(MatrixProductShape(m: .max, n: .max, k: .max).flops.isFinite)
    #expect(Set(MatrixProductShape.common).count == 19)
  }

  @Test("Operations compute what they are named after", arguments: MemoryBoundOperation.allCases)
  func operations(operation: MemoryBoundOperation) throws {
    let (rows, columns) = (6, 10)
    let program = try BenchmarkProgram(operation, rows: rows, columns: columns, threads: 2)
    try program.run()
    let a = try program.input(0).doubles
    let second = operation == .add || operation == .chain
    let b = try second ? program.input(1).doubles : a
    var expected: [Double]
    switch operation {
    case .add: expected = zip(a, b).map(+)
    case .chain: expected = zip(a, b).map { tanh($0 * $1 + $0) * $1 }
    case .gelu:
      expected = a.map {
        $0 / 2 * (1 + tanh((2 / Double.pi).squareRoot() * ($0 + 0.044715 * $0 * $0 * $0)))
      }
    case .exp: expected = a.map { Foundation.exp($0) }
    case .softmax, .layernorm:
      let (factor, offset) =
        try operation == .layernorm
        ? (program.input(1).doubles, program.input(2).doubles) : ([], [])
      expected = (0..<rows).flatMap { row -> [Double] in
        let x = Array(a[row * columns..<(row + 1) * columns])
        if operation == .softmax {
          let total = x.reduce(0) { $0 + Foundation.exp($1) }
          return x.map { Foundation.exp($0) / total }
        }
        let mean = x.reduce(0, +) / Double(columns)
        let variance = x.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(columns)
        return x.indices.map {
          (x[$0] - mean) / (variance + 1e-5).squareRoot() * factor[$0] + offset[$0]
        }
      }
    case .sumAll: expected = [a.reduce(0, +)]
    case .sumRows:
      expected = (0..<columns).map { c in (0..<rows).reduce(0) { $0 + a[$1 * columns + c] } }
    case .transpose:
      expected = (0..<columns).flatMap { c in (0..<rows).map { a[$0 * columns + c] } }
    }
    let found = try program.result().doubles
    #expect(found.count == expected.count)
    for (one, other) in zip(found, expected) {
      #expect(abs(one - other) <= 4e-6 * max(abs(other), 1), "\(operation)")
    }
    #expect(operation.bytes(rows: rows, columns: columns) >= 4 * 60)
  }

  @Test("Times are sorted, and a repetition is so many runs")
  func times() {
    var counts: [Int] = []
    let times = RunTimes(inner: 7, repetitions: 5) { counts.append($0) }
    #expect(counts == Array(repeating: 7, count: 8))
    #expect(times.best > 0 && times.best <= times.median)
  }

  @Test("Peaks and bandwidth are positive, with every instruction set", arguments: [1, 2])
  func limits(threads: Int) throws {
    for set in InstructionSet.available {
      let peak = try ArithmeticPeak(.float32, threads: threads, instructionSet: set)
      #expect(peak.measure() > 1e6)
    }
    for set in InstructionSet.available {
      let peak = try ArithmeticPeak(.bfloat16, threads: threads, instructionSet: set)
      #expect(peak.measure() > 1e6)
    }
  }
}
