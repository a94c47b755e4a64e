import CKernels
import TidemillGraph

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The instruction set whose kernels are called.
///
/// Unchecked: it points to a table in read-only memory.
public struct InstructionSet: Hashable, @unchecked Sendable, CustomStringConvertible {
  package let table: UnsafePointer<tm_kernel_table>

  /// Whether it has dot products of bfloat16, which take two elements of the depth at once.
  package var hasPairs: Bool { table.pointee.isa == TM_AVX512_BF16 }

  /// All that this CPU has, plain C first.
  public static let available: [InstructionSet] = (0..<TM_ISA_COUNT.rawValue).compactMap {
    tm_kernels(tm_isa($0)).map(InstructionSet.init(table:))
  }

  /// The one that `TIDEMILL_ISA` names, or else the best that this CPU has.
  ///
  /// - Throws: `argument` where the variable names one that is not there.
  public static func preferred() throws -> InstructionSet {
    guard let wanted = getenv("TIDEMILL_ISA").map({ String(cString: $0) }), !wanted.isEmpty else {
      return tm_kernels(tm_best_isa()).map(InstructionSet.init(table:)) ?? available[0]
    }
    return try named(wanted)
  }

  /// The one of a name: `scalar`, `avx2`, `avx512`, `avx512bf16` or `neon`.
  ///
  /// - Throws: `argument` where this CPU has none of that name.
  public static func named(_ name: String) throws -> InstructionSet {
    guard let found = available.first(where: { $0.description == name }) else {
      throw TidemillError(
        .argument,
        "There is no instruction set '\(name)' on this CPU; TIDEMILL_ISA may be one of "
          + available.map(\.description).joined(separator: ", ") + ".")
    }
    return found
  }

  /// The name.
  public var description: String { String(cString: table.pointee.name) }
}
