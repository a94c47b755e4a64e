/// Orders of buffers: what is hard to place comes first.
struct BufferOrders {
  /// What a buffer is judged by, the larger the earlier.
  enum Measure {
    /// The most bytes that live at a time of its life.
    case peak
    /// Bytes times the time that it lives.
    case area
    /// The time that it lives.
    case width
    case size
    /// How early it comes to life.
    case start
  }

  private let buffers: [OffsetBuffer]
  private let peaks: [Int]

  init(_ buffers: [OffsetBuffer], _ sections: Sections) {
    self.buffers = buffers
    peaks = sections.peaks(sections.loads(buffers))
  }

  /// Buffers by the first of the measures, those that are equal by the next.
  func sorted(by measures: [Measure]) -> [Int] {
    let values = measures.map { measure in buffers.indices.map { value(measure, $0) } }
    return buffers.indices.sorted { a, b in
      for value in values where value[a] != value[b] { return value[a] > value[b] }
      return a < b
    }
  }

  private func value(_ measure: Measure, _ index: Int) -> Double {
    let buffer = buffers[index]
    return switch measure {
    case .peak: Double(peaks[index])
    case .area: Double(buffer.size) * (Double(buffer.upper) - Double(buffer.lower))
    case .width: Double(buffer.upper) - Double(buffer.lower)
    case .size: Double(buffer.size)
    case .start: -Double(buffer.lower)
    }
  }

  /// A random order in which peaks and sizes have a say.
  func random(_ generator: inout PlanningGenerator) -> [Int] {
    let peak = Double(max(1, peaks.max() ?? 1))
    let keys = buffers.indices.map { index in
      Double(peaks[index]) / peak * (0.5 + generator.fraction())
        + 0.3 * generator.fraction() * Double(buffers[index].size) / peak
    }
    return buffers.indices.sorted { (-keys[$0], $0) < (-keys[$1], $1) }
  }

  /// For placing each buffer at the lowest free offset.
  static let forFirstFit: [[Measure]] = [
    [.size, .width], [.area], [.width, .size], [.peak, .width, .size], [.start, .width],
    [.peak, .size], [.peak, .area],
  ]

  /// For ties of ``SectionSearch``.
  static let forSearch: [[Measure]] = [
    [.peak, .area], [.peak, .width], [.width, .peak, .area], [.peak, .size],
    [.width, .area, .peak], [.area, .peak], [.size, .area],
  ]
}
