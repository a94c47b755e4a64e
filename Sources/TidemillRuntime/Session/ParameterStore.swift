import TidemillGraph

extension TidemillError.Code {
  /// A store has no tensor of that name, or one of another type.
  public static let store = Self("store")
}

/// The numbers of a network's parameters, and what optimisers keep for them.
///
/// Sessions share a store: a training session writes it, others read it. Each run sees it as it is
/// between two steps, never in the middle of one.
///
/// Unchecked: everything is guarded by a lock.
public final class ParameterStore: @unchecked Sendable {
  private struct Entry {
    let name: String
    let type: TensorType
    let storage: TensorStorage

    func tensor() throws -> Tensor { Tensor(type: type, storage: try storage.copy()) }
  }

  private let lock = ReadWriteLock()
  private let names: [ObjectIdentifier: String]
  private let parameterKeys: [StateKey]
  private var entries: [StateKey: Entry] = [:]
  /// Those whose memory somebody uses in place.
  private var bound: Set<StateKey> = []

  /// Makes a store with every parameter's initial numbers.
  ///
  /// - Parameters:
  ///   - parameters: Names must be distinct; the order is that of ``tensors``.
  ///   - seed: Of all initial numbers; the same seed gives the same bits.
  /// - Throws: `store` where a name comes twice; what an initialiser throws.
  public init(_ parameters: [(name: String, parameter: Parameter)], seed: UInt64) throws {
    var names: [ObjectIdentifier: String] = [:]
    var keys: [StateKey] = []
    for (index, (name, parameter)) in parameters.enumerated()
    where names[ObjectIdentifier(parameter)] == nil {
      guard !names.values.contains(name) else {
        throw TidemillError(.store, "Two parameters have the name '\(name)'; give one another.")
      }
      names[ObjectIdentifier(parameter)] = name
      let key = StateKey(parameter)
      keys.append(key)
      // Distinct seeds for each parameter, far apart for seeds that are close.
      let own = (seed &+ 1) &* 0x9E37_79B9_7F4A_7C15 &+ UInt64(index) &* 0xD1B5_4A32_D192_ED03
      let value = try parameter.initialValue(seed: own)
      entries[key] = Entry(name: name, type: parameter.type, storage: try value.storage.copy())
    }
    self.names = names
    parameterKeys = keys
  }

  /// The parameters with their numbers, copied, in the order of the network.
  public var tensors: [(name: String, tensor: Tensor)] {
    get throws {
      try lock.withLock(forWriting: false) { try named(parameterKeys) }
    }
  }

  /// What optimisers keep for the parameters, copied: `0.weight.velocity`, in the order of the network and by name
  /// for each parameter.
  ///
  /// Empty until a session of a training step has been made.
  public var optimizerState: [(name: String, tensor: Tensor)] {
    get throws {
      try lock.withLock(forWriting: false) { try named(keptKeys) }
    }
  }

  /// Puts back what optimisers had kept, so that training goes on as if it had never stopped.
  ///
  /// To be called after a session of the training step was made, which is what makes room for it.
  ///
  /// - Parameter state: What ``optimizerState`` gave.
  /// - Throws: `store` where names or types are not those of the optimisers of this store; nothing has changed then.
  public func restoreOptimizerState(_ state: [(name: String, tensor: Tensor)]) throws {
    try lock.withLock(forWriting: true) {
      var wanted: [String: Entry] = [:]
      for key in keptKeys { if let entry = entries[key] { wanted[entry.name] = entry } }
      var given: [(entry: Entry, tensor: Tensor)] = []
      for (name, tensor) in state {
        guard let entry = wanted.removeValue(forKey: name) else {
          throw TidemillError(
            .store,
            "The optimiser keeps nothing called '\(name.printable())', or it was given twice.")
        }
        try check(tensor, fits: entry)
        given.append((entry, tensor))
      }
      if let missing = wanted.keys.min() {
        throw TidemillError(.store, "The optimiser keeps '\(missing)', which was not given.")
      }
      for (entry, tensor) in given { write(tensor, to: entry) }
    }
  }

  /// Keys of what is kept, in the order of the network and by name for each parameter.
  private var keptKeys: [StateKey] {
    var kept: [ObjectIdentifier: [StateKey]] = [:]
    for key in entries.keys where !key.role.isEmpty {
      kept[ObjectIdentifier(key.parameter), default: []].append(key)
    }
    return parameterKeys.flatMap { key in
      kept[ObjectIdentifier(key.parameter), default: []].sorted { $0.role < $1.role }
    }
  }

  private func named(_ keys: [StateKey]) throws -> [(name: String, tensor: Tensor)] {
    try keys.compactMap { key in try entries[key].map { ($0.name, try $0.tensor()) } }
  }

  /// The numbers of one parameter, copied.
  ///
  /// - Throws: `store` where there is none of this name.
  public func tensor(named name: String) throws -> Tensor {
    let found = try lock.withLock(forWriting: false) {
      try entries.values.first { $0.name == name }.map { try $0.tensor() }
    }
    guard let found else { throw unknown(name) }
    return found
  }

  /// Replaces the numbers of one parameter.
  ///
  /// - Throws: `store` where there is none of this name, or the tensor is of another type.
  public func set(_ tensor: Tensor, named name: String) throws {
    try lock.withLock(forWriting: true) {
      guard let entry = entries.values.first(where: { $0.name == name }) else {
        throw unknown(name)
      }
      try check(tensor, fits: entry)
      write(tensor, to: entry)
    }
  }

  private func check(_ tensor: Tensor, fits entry: Entry) throws {
    guard entry.type == tensor.type else {
      throw TidemillError(
        .store,
        "The parameter '\(entry.name)' is \(entry.type), but the tensor given is \(tensor.type).")
    }
  }

  private func write(_ tensor: Tensor, to entry: Entry) {
    withExtendedLifetime(tensor) {
      entry.storage.bytes.copyMemory(from: UnsafeRawBufferPointer(tensor.storage.bytes))
    }
  }

  /// The names of parameters that have a NaN or an infinity somewhere: training has diverged.
  public var notFinite: [String] {
    lock.withLock(forWriting: false) {
      parameterKeys.compactMap { entries[$0] }
        .filter { !Tensor(type: $0.type, storage: $0.storage).isFinite }.map(\.name)
    }
  }

  private func unknown(_ name: String) -> TidemillError {
    TidemillError(
      .store,
      "There is no parameter '\(name)'; there are \(names.values.sorted().joined(separator: ", "))."
    )
  }

  /// The memory of a state. What an optimiser keeps starts at zero when first asked for.
  ///
  /// - Parameter make: Zeroed memory for so many bytes, to which the numbers move if nobody has asked for them before.
  /// - Throws: `store` where the parameter is not one of this store; what `make` throws.
  package func storage(
    of key: StateKey, in make: ((Int) throws -> TensorStorage)? = nil
  ) throws -> TensorStorage {
    try lock.withLock(forWriting: true) {
      if let entry = entries[key] {
        guard let make, !bound.contains(key) else {
          bound.insert(key)
          return entry.storage
        }
        let storage = try make(key.type.byteCount)
        storage.bytes.copyMemory(from: UnsafeRawBufferPointer(entry.storage.bytes))
        entries[key] = Entry(name: entry.name, type: entry.type, storage: storage)
        bound.insert(key)
        return storage
      }
      guard let name = names[ObjectIdentifier(key.parameter)], !key.role.isEmpty else {
        throw TidemillError(
          .store,
          "The graph uses the parameter '\(key.name)', which is not in this store; make the store from "
            + "the network that the graph was built with.")
      }
      let storage =
        try make?(key.type.byteCount) ?? TensorStorage(byteCount: key.type.byteCount)
      entries[key] = Entry(name: "\(name).\(key.role)", type: key.type, storage: storage)
      bound.insert(key)
      return storage
    }
  }

  /// Runs a step: alone if it writes, beside others if it only reads.
  package func withAccess<R, E: Error>(writing: Bool, _ body: () throws(E) -> R) throws(E) -> R {
    try lock.withLock(forWriting: writing, body)
  }
}
