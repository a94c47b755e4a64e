import TidemillPlanning

/// A full rectangle of memory and time that is cut into buffers, so that the least height is known.
struct CutRectangle {
  var height: Int
  var width: Int
  /// How many of a hundred cuts are pinwheels, which no straight cut parts.
  var pinwheels = 0
  /// What offsets and sizes are multiples of.
  var grain = 1
  /// Of how many of a hundred pieces it is said where they are.
  var fixed = 0
  /// How many of a hundred pieces are left out.
  var missing = 0

  private struct Piece {
    var x: Range<Int>
    var y: Range<Int>
    var area: Double { Double(x.count) * Double(y.count) }
  }

  /// About so many buffers, in random order.
  func buffers(_ count: Int, _ random: inout TestGenerator) -> [OffsetBuffer] {
    var pieces = [Piece(x: 0..<width, y: 0..<height / grain)]
    var next = 0
    // Breadth first: pieces differ in size, but not by orders of magnitude.
    while pieces.count - next > 0 && pieces.count < 2 * count && pieces.count - next < count {
      let piece = pieces[next]
      next += 1
      pieces += cut(piece, &random)
    }
    return pieces[next...].compactMap { piece -> OffsetBuffer? in
      if missing > 0 && Int.random(in: 0..<100, using: &random) < missing { return nil }
      let isFixed = fixed > 0 && Int.random(in: 0..<100, using: &random) < fixed
      return OffsetBuffer(
        lower: piece.x.lowerBound, upper: piece.x.upperBound, size: piece.y.count * grain,
        alignment: grain, fixed: isFixed ? piece.y.lowerBound * grain : nil)
    }.shuffled(using: &random)
  }

  private func cut(_ piece: Piece, _ random: inout TestGenerator) -> [Piece] {
    let (x, y) = (piece.x, piece.y)
    if x.count > 2, y.count > 2, Int.random(in: 0..<100, using: &random) < pinwheels {
      let (a, b) = two(x, &random)
      let (c, d) = two(y, &random)
      return [
        Piece(x: x.lowerBound..<a, y: y.lowerBound..<d),
        Piece(x: a..<x.upperBound, y: y.lowerBound..<c),
        Piece(x: b..<x.upperBound, y: c..<y.upperBound),
        Piece(x: x.lowerBound..<b, y: d..<y.upperBound),
        Piece(x: a..<b, y: c..<d),
      ]
    }
    let isTall = Double(y.count * grain) / Double(height) > Double(x.count) / Double(width)
    if isTall ? y.count > 1 : x.count < 2 {
      guard y.count > 1 else { return [piece] }
      let at = Int.random(in: y.lowerBound + 1..<y.upperBound, using: &random)
      return [Piece(x: x, y: y.lowerBound..<at), Piece(x: x, y: at..<y.upperBound)]
    }
    let at = Int.random(in: x.lowerBound + 1..<x.upperBound, using: &random)
    return [Piece(x: x.lowerBound..<at, y: y), Piece(x: at..<x.upperBound, y: y)]
  }

  private func two(_ range: Range<Int>, _ random: inout TestGenerator) -> (Int, Int) {
    let a = Int.random(in: range.lowerBound + 1..<range.upperBound - 1, using: &random)
    return (a, Int.random(in: a + 1..<range.upperBound, using: &random))
  }
}
