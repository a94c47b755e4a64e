import TidemillGraph

extension Checkpoint {
  /// Writes the file: whole, or not at all and an old one survives, whenever the program ends.
  ///
  /// - Throws: `file`, with the path and the system's reason; also where a parameter's name begins as those of
  ///   other tensors do, a note's as those of other metadata, or parameters are not finite, so that an older file is
  ///   worth more.
  public func write(to path: String) throws { try file(path: path).write(to: path) }

  /// The file that is written.
  ///
  /// - Throws: as ``write(to:)``, but for what the system reports.
  package func file(path: String) throws -> Safetensors {
    for (name, tensor) in parameters {
      if let prefix = CheckpointName.ofTensors.first(where: name.hasPrefix) {
        throw TidemillError(
          .file,
          "\(path): is not written: the parameter '\(name)' needs another name, as '\(prefix)' "
            + "begins the names of other tensors in a checkpoint.")
      }
      guard tensor.isFinite else {
        throw TidemillError(
          .notFinite, "\(path): is not written, as the parameters are not finite any more.")
      }
    }
    for name in notes.keys where name.hasPrefix(CheckpointName.metadata) {
      throw TidemillError(
        .file,
        "\(path): is not written: the note '\(name)' needs another name, as "
          + "'\(CheckpointName.metadata)' begins the names of what a checkpoint says itself.")
    }
    return try Safetensors(tensors, metadata: metadata())
  }

  /// Those with large elements first, so that each begins at a multiple of its elements' size: PyTorch needs that.
  private var tensors: [(name: String, tensor: Tensor)] {
    var all = parameters
    all += optimizerState.map { (CheckpointName.optimizer + $0.name, $0.tensor) }
    all += bestParameters.map { (CheckpointName.best + $0.name, $0.tensor) }
    if let standardization {
      all.append((CheckpointName.standardization + "mean", standardization.mean))
      all.append((CheckpointName.standardization + "scale", standardization.scale))
    }
    return all.enumerated().sorted { one, other in
      (other.element.tensor.dtype.size, one.offset) < (one.element.tensor.dtype.size, other.offset)
    }.map(\.element)
  }

  private func metadata() throws -> [String: String] {
    var metadata = notes
    metadata[CheckpointName.version] = Self.version
    metadata[CheckpointName.architecture] = try architecture.map(CheckpointText.encode)
    metadata[CheckpointName.options] = try CheckpointText.encode(options)
    metadata[CheckpointName.samples] = try CheckpointText.encode(samples)
    metadata[CheckpointName.position] = try CheckpointText.encode(position)
    metadata[CheckpointName.validation] = try CheckpointText.encode(validation)
    return metadata
  }
}
