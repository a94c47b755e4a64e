import TidemillGraph

/// 128 bits of a sequence of numbers, the same on every machine.
///
/// Tells what is different by accident, not what somebody makes to look the same: plans are proven before
/// they are used. Two sequences of any 2³² have the same bits by chance with a probability below 2⁻⁶⁰.
///
/// **Source**: the mixing function is that of Steele, Lea, Flood: Fast splittable pseudorandom number
/// generators, 2014.
package struct PlanDigest {
  private var low: UInt64 = 0x243f_6a88_85a3_08d3
  private var high: UInt64 = 0x1319_8a2e_0370_7344

  package init() {}

  package mutating func add(_ number: Int) { add(UInt64(bitPattern: Int64(number))) }

  package mutating func add(_ flag: Bool) { add(flag ? 1 : 0) }

  /// Its length, and then its bytes.
  package mutating func add(_ bytes: some Collection<UInt8>) {
    add(bytes.count)
    for byte in bytes { add(UInt64(byte)) }
  }

  private mutating func add(_ word: UInt64) {
    low = Self.mix(low ^ word)
    high = Self.mix(high &+ word &* 0x9e37_79b9_7f4a_7c15) ^ (low >> 7)
  }

  private static func mix(_ value: UInt64) -> UInt64 {
    var mixed = value &+ 0x9e37_79b9_7f4a_7c15
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }

  /// 32 hexadecimal digits.
  package var text: String {
    [high, low].map { word in
      let digits = String(word, radix: 16)
      return String(repeating: "0", count: 16 - digits.count) + digits
    }.joined()
  }
}

extension Program {
  /// A digest of all that a plan depends on: what calls read and write, what they cost and may, the
  /// room, and how a plan is searched.
  func planDigest(_ room: ArenaRoom, _ search: PlanSearch) -> String {
    var digest = PlanDigest()
    digest.add(PlanFile.version)
    digest.add(search.threads)
    digest.add(search.arenaThere)
    digest.add(Int(min(1e9, max(0, search.seconds)) * 1e3))
    switch room {
    case .unlimited: digest.add(0)
    case .bytes(let bytes): for number in [1, bytes] { digest.add(number) }
    case .fraction(let share):
      for number in [2, Int(truncatingIfNeeded: share.bitPattern)] { digest.add(number) }
    case .smallest: digest.add(3)
    }
    digest.add(buffers.count)
    for (index, buffer) in buffers.enumerated() {
      digest.add(isTemporary(BufferID(index)))
      digest.add(buffer.byteCount)
    }
    digest.add(calls.count)
    for (index, call) in calls.enumerated() { add(index, call, to: &digest) }
    return digest.text
  }

  private func add(_ index: Int, _ call: Call, to digest: inout PlanDigest) {
    for views in [call.reads, call.writes] {
      digest.add(views.count)
      for view in views {
        digest.add(view.buffer.index)
        digest.add(view.count)
      }
    }
    let pairs = inPlacePairs(of: index)
    digest.add(pairs.count)
    for pair in pairs {
      digest.add(pair.read.index)
      digest.add(pair.write.index)
    }
    digest.add(call.cost.picoseconds)
    digest.add(call.writesState)
    digest.add(call.call.mayFail)
  }
}
