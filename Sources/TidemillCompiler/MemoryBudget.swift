import TidemillGraph

/// How much memory an executable and one session of it may use.
public struct MemoryBudget: Hashable, Sendable {
  package enum Kind: Hashable, Sendable {
    case unlimited
    case bytes(Int)
    case fraction(Double)
    case smallest
  }

  package let kind: Kind

  /// As much as makes it fastest.
  public static let unlimited = MemoryBudget(kind: .unlimited)

  /// The least that is found within the planning time.
  public static let smallest = MemoryBudget(kind: .smallest)

  /// At most so many bytes for state, arena, outputs and workspaces together.
  public static func bytes(_ count: Int) -> MemoryBudget { MemoryBudget(kind: .bytes(count)) }

  /// At most this share of the arena that an unlimited budget leads to.
  ///
  /// The arena is what computing values again can make smaller; state, outputs and workspaces stay.
  /// More threads may have a larger one, as more runs side by side.
  ///
  /// - Parameter share: From 0 to 1; what is more counts as 1. Compiling throws `argument` for others.
  public static func fractionOfPeak(_ share: Double) -> MemoryBudget {
    MemoryBudget(kind: .fraction(share))
  }

  /// What is left for the arena beside what is fixed.
  func room(beside fixed: Int) throws -> ArenaRoom {
    switch kind {
    case .unlimited: return .unlimited
    case .smallest: return .smallest
    case .bytes(let bytes):
      let (left, overflow) = bytes.subtractingReportingOverflow(fixed)
      return .bytes(overflow ? 0 : max(left, 0))
    case .fraction(let share):
      guard share >= 0 else {
        throw TidemillError(
          .argument, "memoryBudget: a fraction of the peak is from 0 to 1, but \(share) was given.")
      }
      return .fraction(min(share, 1))
    }
  }

  /// In the words of errors.
  func text(total: Int) -> String {
    switch kind {
    case .unlimited, .smallest: "\(total) bytes"
    case .bytes(let bytes): "\(bytes) bytes"
    case .fraction(let share): "\(share) of the arena, \(total) bytes in all,"
    }
  }
}

extension TidemillError.Code {
  /// No plan was found that stays within the memory budget; the message names the smallest that works.
  public static let memoryBudget = Self("memory-budget")
}
