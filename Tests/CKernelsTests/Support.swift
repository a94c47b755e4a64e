// What the kernel tests share: the tables under test, seeded numbers, memory with poisoned
// surroundings, and a way to call a kernel.
import CKernels

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Without optimisation only a tenth of the random checks is made, to stay bearable.
#if DEBUG
  let thinning = 10
#else
  let thinning = 1
#endif

func rounds(_ count: Int) -> Range<Int> { 0..<max(count / thinning, 1) }

/// The kernels of one instruction set.
struct Table: Sendable, CustomStringConvertible {
  let isa: UInt32

  var kernels: tm_kernel_table { tm_kernels(tm_isa(isa)).pointee }
  var description: String { String(cString: kernels.name) }

  static let scalar = Table(isa: TM_SCALAR.rawValue)
  /// Every instruction set that this CPU has, without the scalar oracle.
  static let vector = all.filter { $0.isa != TM_SCALAR.rawValue }
  static let all = (0..<TM_ISA_COUNT.rawValue).map(Table.init).filter {
    tm_kernels(tm_isa($0.isa)) != nil
  }
}

/// SplitMix64 (Steele, Lea, Flood, 2014): the same numbers on every machine.
struct Seeded: RandomNumberGenerator {
  var state: UInt64
  init(_ seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  mutating func below(_ n: Int) -> Int { n <= 0 ? 0 : Int(next() % UInt64(n)) }
  mutating func uniform(_ low: Double, _ high: Double) -> Double {
    low + (high - low) * Double(next() >> 11) * 0x1p-53
  }

  /// A size near the edges of vectors, tiles and blocks, or any up to `most`.
  mutating func extent(_ most: Int) -> Int {
    let edges = [4, 6, 8, 12, 14, 16, 28, 32, 64, 128, 256, 336, 512]
    switch below(4) {
    case 0: return min(most, below(4))
    case 1, 2: return min(most, edges[below(edges.count)] + below(3) - 1)
    default: return below(most + 1)
    }
  }
}

/// An element type: its code, a value for poisoned memory, and a comparison by bits in which NaN
/// equals NaN.
protocol KernelElement: Sendable, CustomStringConvertible {
  static var code: tm_dtype { get }
  static var poison: Self { get }
  init(number: Double)
  func sameBits(_ other: Self) -> Bool
}

extension Float: KernelElement {
  static var code: tm_dtype { TM_F32 }
  static var poison: Float { Float(nan: 0x1234, signaling: false) }
  init(number: Double) { self = Float(number) }
  func sameBits(_ other: Float) -> Bool { bitPattern == other.bitPattern || (isNaN && other.isNaN) }
}

extension Double: KernelElement {
  static var code: tm_dtype { TM_F64 }
  static var poison: Double { Double(nan: 0x1234, signaling: false) }
  init(number: Double) { self = number }
  func sameBits(_ other: Double) -> Bool {
    bitPattern == other.bitPattern || (isNaN && other.isNaN)
  }
}

extension Int32: KernelElement {
  static var code: tm_dtype { TM_I32 }
  static var poison: Int32 { 0x5EAD_BEEF }
  init(number: Double) { self = Int32(number.rounded()) }
  func sameBits(_ other: Int32) -> Bool { self == other }
}

extension Int64: KernelElement {
  static var code: tm_dtype { TM_I64 }
  static var poison: Int64 { 0x5EAD_BEEF_5EAD_BEEF }
  init(number: Double) { self = Int64(number.rounded()) }
  func sameBits(_ other: Int64) -> Bool { self == other }
}

extension UInt8: KernelElement {
  static var code: tm_dtype { TM_BOOL }
  static var poison: UInt8 { 0xA5 }
  init(number: Double) { self = number > 0 ? 1 : 0 }
  func sameBits(_ other: UInt8) -> Bool { self == other }
}

/// Something that a slot can be bound to, and that lives as long as the call.
protocol Addressable {
  var base: UnsafeMutableRawPointer { get }
}

extension UnsafeMutableRawPointer: Addressable {
  var base: UnsafeMutableRawPointer { self }
}

/// Elements with poison on both sides, aligned to the element and nothing more.
final class Memory<T: KernelElement>: Addressable {
  private let all: UnsafeMutableBufferPointer<T>
  private let range: Range<Int>

  init(_ values: [T], margin: Int = 37) {
    all = .allocate(capacity: values.count + 2 * margin)
    all.initialize(repeating: T.poison)
    range = margin..<margin + values.count
    for (i, value) in values.enumerated() { all[margin + i] = value }
  }

  deinit { all.deallocate() }

  var base: UnsafeMutableRawPointer { UnsafeMutableRawPointer(all.baseAddress! + range.lowerBound) }
  var values: [T] { Array(all[range]) }
  /// Whether nothing was written outside.
  var isIntactAround: Bool {
    all[..<range.lowerBound].allSatisfy { $0.sameBits(T.poison) }
      && all[range.upperBound...].allSatisfy { $0.sameBits(T.poison) }
  }
}

/// Whole pages, with an inaccessible page on both sides: a step over either end is a crash.
final class GuardedPages {
  private let start: UnsafeMutableRawPointer
  private let bytes: Int
  private static let page = Int(sysconf(Int32(_SC_PAGESIZE)))

  init(bytes wanted: Int) {
    bytes = (wanted + Self.page - 1) / Self.page * Self.page
    let length = bytes + 2 * Self.page
    start = mmap(nil, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    precondition(start != UnsafeMutableRawPointer(bitPattern: -1), "mmap")
    precondition(mprotect(start, Self.page, PROT_NONE) == 0)
    precondition(mprotect(start + Self.page + bytes, Self.page, PROT_NONE) == 0)
  }

  deinit { munmap(start, bytes + 2 * Self.page) }

  /// Memory of `count` bytes that begins right after the first guard, or ends right before the
  /// last.
  func memory(_ count: Int, atEnd: Bool) -> UnsafeMutableRawPointer {
    start + Self.page + (atEnd ? bytes - count : 0)
  }
}

/// Memory for the operands of a product, each between inaccessible pages.
struct GuardedOperands {
  private let pages: [GuardedPages]

  /// - Parameter bytes: The most that an operand has.
  init(bytes: Int = 1 << 17) { pages = (0..<3).map { _ in GuardedPages(bytes: bytes) } }

  /// What a product makes of `c`, where operands end, or begin, right at an inaccessible page.
  func result<T: BitwiseCopyable, C: BitwiseCopyable>(
    _ table: Table, _ kernel: KeyPath<tm_kernel_table, tm_kernel?>, _ arguments: tm_gemm_arguments,
    _ a: [T], _ b: [T], _ c: [C], atEnd: Bool
  ) -> [C] {
    let bases = [
      placed(a, pages[0], atEnd), placed(b, pages[1], atEnd), placed(c, pages[2], atEnd),
    ]
    let workspace = tm_gemm_workspace(
      arguments.m, arguments.n, arguments.k, tm_dtype(UInt32(arguments.type)), 0, arguments.blocks)
    return withExtendedLifetime(pages) {
      Call(memories: bases, workspace: workspace).run(table, kernel, arguments)
      let made = UnsafeRawBufferPointer(start: bases[2], count: c.count * MemoryLayout<C>.stride)
      return Array(made.bindMemory(to: C.self))
    }
  }

  private func placed<T: BitwiseCopyable>(
    _ values: [T], _ pages: GuardedPages, _ atEnd: Bool
  ) -> UnsafeMutableRawPointer {
    let bytes = values.count * MemoryLayout<T>.stride
    let memory = pages.memory(bytes, atEnd: atEnd)
    memory.copyMemory(from: values, byteCount: bytes)
    return memory
  }
}

/// One run's view for a kernel call outside any session.
struct Call {
  var memories: [any Addressable]
  var workspace = 0
  var seed: UInt64 = 0x0123_4567_89AB_CDEF
  var step: UInt64 = 0x11_2233_4455_6677

  @discardableResult
  func run<A>(_ table: Table, _ kernel: KeyPath<tm_kernel_table, tm_kernel?>, _ arguments: A)
    -> tm_failure
  {
    let scratch = UnsafeMutableRawPointer.allocate(byteCount: max(workspace, 1), alignment: 64)
    defer { scratch.deallocate() }
    scratch.initializeMemory(as: UInt8.self, repeating: 0xFF, count: workspace)
    var failure = tm_failure()
    withExtendedLifetime(memories) {
      memories.map { Optional($0.base) }.withUnsafeBufferPointer { slots in
        withUnsafeMutablePointer(to: &failure) { failure in
          var frame = tm_frame(
            bases: slots.baseAddress, workspace: scratch, failure: failure, seed: seed, step: step)
          withUnsafePointer(to: arguments) { table.kernels[keyPath: kernel]!(&frame, $0) }
        }
      }
    }
    return failure
  }
}

func ref(_ slot: Int, offset: Int = 0) -> tm_ref {
  tm_ref(offset: UInt64(offset), slot: UInt32(slot))
}

/// A C array of eight from up to eight numbers.
func eight(_ values: [Int]) -> (Int64, Int64, Int64, Int64, Int64, Int64, Int64, Int64) {
  let v = (values + Array(repeating: 0, count: 8)).map(Int64.init)
  return (v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7])
}

func numbers<T: KernelElement>(
  _ count: Int, _ random: inout Seeded, _ low: Double = -1, _ high: Double = 1
) -> [T] {
  (0..<count).map { _ in T(number: random.uniform(low, high)) }
}

/// The first position at which two results differ in bits.
func firstDifference<T: KernelElement>(_ a: [T], _ b: [T]) -> Int? {
  zip(a, b).enumerated().first { !$1.0.sameBits($1.1) }?.offset
}

/// The distance from `truth` in units of the last place of T there.
func ulps<T: BinaryFloatingPoint, U: BinaryFloatingPoint>(_ value: T, from truth: U) -> Double {
  let rounded = T(truth)
  if value == rounded || (value.isNaN && truth.isNaN) { return 0 }
  if !value.isFinite || !rounded.isFinite {
    // Overflow is judged by rounding: the largest number against infinity is one step.
    return value.magnitude >= T.greatestFiniteMagnitude
      && rounded.magnitude >= T.greatestFiniteMagnitude && (value < 0) == (rounded < 0)
      ? 1 : .infinity
  }
  return Double(abs(U(value) - truth) / U(rounded.ulp))
}
