extension Topology: CustomStringConvertible {
  /// One line: packages, NUMA nodes, cores and PUs.
  public var description: String {
    let pus = cores.reduce(0) { $0 + $1.pus.count }
    return "\(cpuModel ?? "machine") (packages: \(packages.count), NUMA nodes: \(nodes.count), "
      + "cores: \(cores.count), PUs: \(pus))"
  }

  /// What the engine sees of the machine and what it decided, as lines for a terminal.
  ///
  /// ```
  /// source      this machine
  /// cpu         13th Gen Intel(R) Core(TM) i7-1370P
  /// packages    1
  /// NUMA nodes  1: 31 GiB
  /// cores       14: 6 performance with 2 PUs, 8 efficiency with 1 PU
  /// L1d         6 x 48 KiB for 1 core, 8 x 32 KiB for 1 core
  /// L2          6 x 1.25 MiB for 1 core, 2 x 2 MiB for 4 cores
  /// L3          1 x 24 MiB for 14 cores
  /// allowed     20 PUs: 0-19
  /// CPU quota   none
  /// workers     14: the caller, not pinned (counted on core 0); PUs 2,4,6,8,10,12-19
  /// ```
  public func report(placement: Placement) -> String {
    var lines = [
      ("source", sourceName),
      ("cpu", cpuModel ?? "unknown"),
      ("packages", packages.isEmpty ? "unknown" : "\(packages.count)"),
      ("NUMA nodes", nodesText),
      ("cores", "\(cores.count): \(kindsText)"),
    ]
    lines += cacheLines
    lines += [
      ("allowed", "\(counted(allowedPUs.count, "PU")): \(PURanges.text(allowedPUs))"),
      ("CPU quota", quota.map { "\(decimal($0.microseconds, $0.period)) CPUs" } ?? "none"),
      ("workers", workersText(placement)),
    ]
    return lines.map { name, text in
      name + String(repeating: " ", count: max(1, 12 - name.count)) + text
    }.joined(separator: "\n")
  }

  var sourceName: String {
    switch source {
    case .thisMachine: "this machine"
    case .fallback: "this machine, of which only the allowed PUs could be read"
    case .environment: "another machine, named by the environment"
    case .xml(let path): "xml \(path)"
    case .synthetic(let description): "synthetic \(description)"
    case .plain: "plain"
    }
  }

  /// A word for a kind of cores; numbers where there are more kinds than words.
  func kindName(_ kind: Int) -> String {
    switch (kinds.count, kind) {
    case (1, _): "uniform"
    case (2, 0), (3, 0): "performance"
    case (2, 1), (3, 2): "efficiency"
    case (3, 1): "middle"
    default: "kind \(kind)"
    }
  }

  private var nodesText: String {
    if nodes.isEmpty { return "unknown" }
    let sizes = grouped(nodes.map { $0.bytes == 0 ? "unknown size" : bytesText($0.bytes) })
    return "\(nodes.count): "
      + sizes.map { nodes.count == 1 ? $0.value : "\($0.count) x \($0.value)" }
      .joined(separator: ", ")
  }

  private var kindsText: String {
    kinds.indices.flatMap { kind in
      grouped(kinds[kind].cores.map { counted(cores[$0].pus.count, "PU") }).map {
        "\($0.count) \(kinds.count == 1 ? "" : kindName(kind) + " ")with \($0.value)"
      }
    }.joined(separator: ", ")
  }

  private var cacheLines: [(String, String)] {
    if caches.isEmpty { return [("caches", "unknown")] }
    let names = Set(caches.map(\.name)).sorted()
    return names.map { name in
      let same = grouped(
        caches.filter { $0.name == name }.map {
          "\($0.bytes == 0 ? "unknown size" : bytesText($0.bytes)) for "
            + counted($0.cores.count, "core")
        })
      return (name, same.map { "\($0.count) x \($0.value)" }.joined(separator: ", "))
    }
  }

  private func workersText(_ placement: Placement) -> String {
    let pinned = placement.workers.compactMap(\.pu)
    let free = placement.threads - 1 - pinned.count
    let home = placement.workers.first?.core.map { " (counted on core \($0))" } ?? ""
    var text = "\(placement.threads): the caller, not pinned\(home)"
    if !pinned.isEmpty { text += "; PU\(pinned.count == 1 ? "" : "s") \(PURanges.text(pinned))" }
    if free > 0 { text += "; \(free) more, not pinned" }
    return text
  }
}

/// Equal values with how many there are, in the order in which they first appear.
private func grouped(_ values: [String]) -> [(value: String, count: Int)] {
  var order: [String] = []
  var count: [String: Int] = [:]
  for value in values {
    if count[value] == nil { order.append(value) }
    count[value, default: 0] += 1
  }
  return order.map { ($0, count[$0] ?? 0) }
}

private func counted(_ count: Int, _ noun: String) -> String {
  "\(count) \(noun)\(count == 1 ? "" : "s")"
}

/// In the largest unit that leaves 1 or more.
private func bytesText(_ bytes: Int) -> String {
  let units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"]
  let unit = units.indices.last { bytes >> (10 * $0) > 0 } ?? 0
  return "\(decimal(bytes, 1 << (10 * unit))) \(units[unit])"
}

/// A quotient of positive numbers with at most two decimals, cut and not rounded. In integers, as
/// rounding a `Double` needs libm, which nothing else here does.
private func decimal(_ dividend: Int, _ divisor: Int) -> String {
  let (whole, rest) = dividend.quotientAndRemainder(dividingBy: divisor)
  let hundredths = divisor.dividingFullWidth(rest.multipliedFullWidth(by: 100)).quotient
  if hundredths == 0 { return "\(whole)" }
  let last = hundredths % 10 == 0 ? "" : "\(hundredths % 10)"
  return "\(whole).\(hundredths / 10)\(last)"
}
