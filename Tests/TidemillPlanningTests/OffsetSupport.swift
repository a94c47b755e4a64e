import Foundation
import TidemillPlanning

/// Random numbers of a test: SplitMix64.
struct TestGenerator: RandomNumberGenerator {
  var state: UInt64

  init(_ seed: Int) { state = UInt64(seed) }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }
}

/// Buffers from lines `lower,upper,size` or `id,lower,upper,size`.
func buffers(_ text: String) -> [OffsetBuffer] {
  text.split(separator: "\n").compactMap { line in
    let numbers = line.split(separator: ",").compactMap { Int($0) }
    guard numbers.count >= 3 else { return nil }
    let last = Array(numbers.suffix(3))
    return OffsetBuffer(lower: last[0], upper: last[1], size: last[2])
  }
}

/// A benchmark from the folder of fixtures.
func fixture(_ name: String) throws -> [OffsetBuffer] {
  let path = Bundle.module.bundlePath + "/Fixtures/\(name).csv"
  return buffers(try String(contentsOfFile: path, encoding: .utf8))
}

/// The least height, from all orders in which buffers can be placed at their lowest free offsets: a
/// packing where nothing can move down is made by the order of its offsets.
func exhaustiveHeight(_ buffers: [OffsetBuffer]) -> Int? {
  var best: Int?
  func isFree(_ index: Int, _ offset: Int, _ placed: [(Int, Int)]) -> Bool {
    placed.allSatisfy { other, otherOffset in
      buffers[other].lower >= buffers[index].upper || buffers[index].lower >= buffers[other].upper
        || offset >= otherOffset + buffers[other].size
        || otherOffset >= offset + buffers[index].size
    }
  }
  func place(_ rest: [Int], _ placed: [(Int, Int)], _ height: Int) {
    guard !rest.isEmpty else {
      best = min(best ?? .max, height)
      return
    }
    for index in rest {
      var offset = 0
      while offset % buffers[index].alignment != 0 || !isFree(index, offset, placed) { offset += 1 }
      place(
        rest.filter { $0 != index }, placed + [(index, offset)],
        max(height, offset + buffers[index].size))
    }
  }
  let fixed = buffers.indices.filter { buffers[$0].fixed != nil && buffers[$0].size > 0 }
  place(
    buffers.indices.filter { buffers[$0].fixed == nil && buffers[$0].size > 0 },
    fixed.map { ($0, buffers[$0].fixed ?? 0) },
    fixed.map { (buffers[$0].fixed ?? 0) + buffers[$0].size }.max() ?? 0)
  return best
}
