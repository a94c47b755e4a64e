import TidemillGraph

extension Program {
  /// Proves that running the calls in order is well defined, by walking them once.
  ///
  /// - Every view lies within its buffer.
  /// - Temporaries and outputs are written, every byte of what is read, before they are read.
  /// - Inputs and constants are never written; state only by calls that wait for the guards, after every
  ///   guard, and nobody reads the old numbers after they are gone.
  ///
  /// - Throws: `internal-inconsistency`, naming the first call that breaks a rule.
  package func verify() throws {
    var written: [BufferID: [Bool]] = [:]
    var overwritten: Set<BufferID> = []
    let lastGuard = calls.lastIndex { $0.call.mayFail } ?? -1
    for (position, call) in calls.enumerated() {
      func broken(_ what: String) -> TidemillError {
        TidemillError(
          .internalInconsistency,
          "The program is broken: call \(position), \(call.label), \(what). Please report this.")
      }
      for view in call.reads + call.writes {
        guard view.liesWithin(byteCount: self[view.buffer].byteCount) else {
          throw broken("reaches outside of '\(self[view.buffer].label)'")
        }
      }
      for view in call.reads {
        switch self[view.buffer].kind {
        case .temporary, .output:
          let bytes = written[view.buffer] ?? []
          guard view.elements().allSatisfy({ $0 < bytes.count && bytes[$0] }) else {
            throw broken("reads '\(self[view.buffer].label)' before it is written")
          }
        case .state:
          let writesItself = call.writes.contains { $0.buffer == view.buffer }
          if overwritten.contains(view.buffer) && !writesItself {
            throw broken("reads '\(self[view.buffer].label)' after it was written")
          }
        case .input, .constant:
          break
        }
      }
      for view in call.writes {
        switch self[view.buffer].kind {
        case .input, .constant: throw broken("writes '\(self[view.buffer].label)'")
        case .state:
          guard call.writesState, position > lastGuard else {
            throw broken("writes state before every guard has passed")
          }
          overwritten.insert(view.buffer)
        case .temporary, .output:
          let size = view.dtype.size
          var elements =
            written[view.buffer]
            ?? [Bool](repeating: false, count: self[view.buffer].byteCount / size)
          for element in view.elements() { elements[element] = true }
          written[view.buffer] = elements
        }
      }
    }
  }
}

extension View {
  /// The position of every element in its buffer, in elements.
  fileprivate func elements() -> [Int] {
    zip(shape, strides).reduce([offset]) { positions, axis in
      positions.flatMap { position in (0..<axis.0).map { position + $0 * axis.1 } }
    }
  }

  fileprivate func liesWithin(byteCount: Int) -> Bool {
    guard count > 0 else { return true }
    let low = zip(shape, strides).reduce(offset) { $0 + min(0, ($1.0 - 1) * $1.1) }
    let high = zip(shape, strides).reduce(offset) { $0 + max(0, ($1.0 - 1) * $1.1) }
    return low >= 0 && (high + 1) * dtype.size <= byteCount
  }
}
