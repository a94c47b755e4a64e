// Random numbers: known answers, the definition of an element, and independence of cuts.
import CKernels
import Testing

@Suite struct PhiloxTests {
  /// Proves: the generator is Philox 4x32-10, by the known answers that Random123 publishes.
  @Test(
    arguments: [
      ([0, 0, 0, 0], [0, 0], [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]),
      (
        [.max, .max, .max, .max], [.max, .max],
        [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]
      ),
      (
        [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344], [0xa409_3822, 0x299f_31d0],
        [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1]
      ),
    ] as [([UInt32], [UInt32], [UInt32])])
  func knownAnswers(counter: [UInt32], key: [UInt32], wanted: [UInt32]) {
    var out = [UInt32](repeating: 0, count: 4)
    tm_philox(counter, key, &out)
    #expect(out == wanted)
  }

  /// Proves: element `index` is the documented word of the documented counter.
  @Test func elementsFollowTheDefinition() {
    let (seed, step, stream) = (
      0x0123_4567_89AB_CDEF as UInt64, 0x55_0000_0007 as UInt64, 9 as UInt32
    )
    for index in [0, 1, 2, 3, 4, 4095, 1 << 34, (1 << 34) + 3] as [UInt64] {
      let key = [UInt32(truncatingIfNeeded: seed), UInt32(seed >> 32) ^ UInt32(step >> 32)]
      var word = [UInt32](repeating: 0, count: 4)
      let group = index / 4
      tm_philox(
        [
          UInt32(truncatingIfNeeded: group), UInt32(group >> 32), UInt32(truncatingIfNeeded: step),
          stream,
        ],
        key, &word)
      #expect(
        tm_uniform(seed, step, stream, index, TM_F32) == Double(word[Int(index % 4)] >> 8) * 0x1p-24
      )
      let pair = index / 2
      tm_philox(
        [
          UInt32(truncatingIfNeeded: pair), UInt32(pair >> 32), UInt32(truncatingIfNeeded: step),
          stream ^ 0x8000_0000,
        ], key, &word)
      let (high, low) = (word[2 * Int(index % 2)] >> 5, word[2 * Int(index % 2) + 1] >> 6)
      #expect(
        tm_uniform(seed, step, stream, index, TM_F64) == (Double(high) * 0x1p26 + Double(low))
          * 0x1p-53)
    }
  }

  /// Proves: the kernel gives tm_uniform's numbers for any begin and end.
  @Test(arguments: Table.all)
  func kernelMatchesTheDefinition(table: Table) {
    var random = Seeded(21)
    for _ in rounds(60) {
      let begin = random.below(5000), count = random.extent(700)
      check(Float.self, table, begin, count)
      check(Double.self, table, begin, count)
    }
  }

  private func check<T: KernelElement>(_: T.Type, _ table: Table, _ begin: Int, _ count: Int) {
    var program = TileProgram()
    program.dims = [begin + count + 3]
    program.range = begin..<begin + count
    program.output(T.self, program.append(TM_UNIFORM, T.code, parameters: (77, 0)))
    let out = Memory(Array(repeating: T(number: 0), count: begin + count + 3))
    let call = program.run(table, memories: [out])
    let wanted = (begin..<begin + count).map {
      T(number: tm_uniform(call.seed, call.step, 77, UInt64($0), T.code))
    }
    #expect(
      firstDifference(Array(out.values[begin..<begin + count]), wanted) == nil && out.isIntactAround
    )
  }
}
