extension Evaluation {
  /// Samples by true class (rows) and by predicted class (columns) as lines that line up; a dot is
  /// no sample.
  ///
  /// ```
  ///     0  1  2
  /// 0  33  .  .
  /// 1   .  36 1
  /// ```
  ///
  /// - Parameter names: What to call the rows; numbers where it is empty.
  public func confusionTable(names: [String] = []) -> [String] {
    let cells = confusion.map { $0.map { $0 == 0 ? "." : "\($0)" } }
    let titles = confusion.indices.map { index in
      index < names.count ? "\(index) \(names[index])" : "\(index)"
    }
    let title = titles.map(\.count).max() ?? 0
    let width = max(cells.joined().map(\.count).max() ?? 1, "\(confusion.count)".count) + 1
    func padded(_ text: String) -> String {
      String(repeating: " ", count: width - text.count) + text
    }
    let numbers = confusion.indices.map { padded("\($0)") }
    let header = String(repeating: " ", count: title) + numbers.joined()
    let rows = zip(titles, cells).map { name, row in
      name + String(repeating: " ", count: title - name.count) + row.map(padded).joined()
    }
    return [header] + rows
  }
}
