import TidemillGraph

/// Where plans are kept from one process to the next, by the digests of what they are for.
package protocol PlanStore: Sendable {
  /// The bytes of a plan; `nil` where there is none.
  func read(_ key: String) throws -> [UInt8]?
  /// Keeps a plan, whole or not at all.
  func write(_ bytes: [UInt8], _ key: String) throws
}

/// How a plan within a budget is found.
package struct Planning: Sendable {
  /// A limit for the search.
  package var seconds: Double
  package var store: (any PlanStore)?
  /// An arena that is there anyway: a fraction or the smallest does not have to be smaller.
  package var arenaThere = 0

  package init(seconds: Double = PlanSearch.standardSeconds, store: (any PlanStore)? = nil) {
    (self.seconds, self.store) = (seconds, store)
  }

  func search(_ threads: Int) -> PlanSearch {
    PlanSearch(seconds: seconds, threads: threads, arenaThere: arenaThere)
  }

  /// A plan that was made before, proven; without one, why a file that is there cannot be used.
  ///
  /// - Parameter proof: Makes a plan of what the file says.
  func read<Plan>(
    _ key: String, _ proof: (PlanFile) throws -> Plan
  ) -> (plan: Plan?, refusal: String?) {
    guard let store else { return (nil, nil) }
    do {
      guard let bytes = try store.read(key) else { return (nil, nil) }
      return (try proof(PlanFile(bytes, key: key)), nil)
    } catch { return (nil, Self.reason(error)) }
  }

  /// Keeps a plan, where plans are kept.
  ///
  /// - Returns: Why it could not be kept.
  func write(_ file: PlanFile, _ key: String) -> String? {
    guard let store else { return nil }
    do { try store.write(file.bytes(key: key), key) } catch { return Self.reason(error) }
    return nil
  }

  private static func reason(_ error: any Error) -> String {
    (error as? TidemillError)?.message ?? "\(error)"
  }
}
