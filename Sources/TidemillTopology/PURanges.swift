/// Many PUs in few characters.
enum PURanges {
  /// Runs of consecutive numbers as ranges, in the order given: `0-3,8,10-11`.
  static func text(_ pus: [PU]) -> String {
    var runs: [ClosedRange<Int>] = []
    for pu in pus.map(\.rawValue) {
      if let last = runs.last, last.upperBound < Int.max, last.upperBound + 1 == pu {
        runs[runs.count - 1] = last.lowerBound...pu
      } else {
        runs.append(pu...pu)
      }
    }
    return runs.map { run in
      run.count == 1 ? "\(run.lowerBound)" : "\(run.lowerBound)-\(run.upperBound)"
    }.joined(separator: ",")
  }
}
