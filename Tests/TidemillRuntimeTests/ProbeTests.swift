import CKernels
import Testing
import TidemillCompiler

/// Memory for a probe: slots of 64-byte aligned floats.
private final class Slots {
  let bases: [UnsafeMutableRawPointer?]
  let count: Int

  init(_ slots: Int, count: Int, of value: (Int, Int) -> Float) {
    self.count = count
    bases = (0..<slots).map { slot in
      let memory = UnsafeMutableRawPointer.allocate(byteCount: max(count, 2) * 4, alignment: 64)
      let floats = memory.bindMemory(to: Float.self, capacity: max(count, 2))
      for index in 0..<max(count, 2) { floats[index] = value(slot, index) }
      return memory
    }
  }

  func floats(_ slot: Int) -> [Float] {
    guard let base = bases[slot] else { return [] }
    return (0..<count).map { base.load(fromByteOffset: 4 * $0, as: Float.self) }
  }

  func run<T>(_ kernel: tm_kernel, _ arguments: T) {
    bases.withUnsafeBufferPointer { table in
      var frame = tm_frame()
      frame.bases = table.baseAddress
      withUnsafePointer(to: arguments) { kernel(&frame, $0) }
    }
  }

  deinit { for base in bases { base?.deallocate() } }
}

@Suite("Probes of the machine's limits")
struct ProbeTests {
  @Test("The triad is b + 3c in its range, and nothing else is written", arguments: [false, true])
  func triad(streams: Bool) throws {
    for set in InstructionSet.available {
      let kernel = try #require(tm_triad(set.table.pointee.isa))
      let slots = Slots(3, count: 160) { slot, index in Float(slot * 1000 + index) }
      slots.run(
        kernel,
        tm_triad_arguments(
          a: tm_ref(offset: 0, slot: 0), b: tm_ref(offset: 0, slot: 1),
          c: tm_ref(offset: 0, slot: 2), begin: 32, end: 112, streams: streams))
      let (a, b, c) = (slots.floats(0), slots.floats(1), slots.floats(2))
      for index in 0..<160 {
        let expected = 32..<112 ~= index ? b[index] + 3 * c[index] : Float(index)
        #expect(a[index] == expected, "\(set), element \(index)")
      }
    }
  }

  @Test(
    "Peaks are of whole vectors, leave a finite number that the iterations made, and count them")
  func peaks() throws {
    let lanes = ["scalar": 4, "avx2": 8, "avx512": 16, "avx512bf16": 16, "neon": 4]
    for set in InstructionSet.available {
      let isa = set.table.pointee.isa
      for type in [TM_PEAK_F32, TM_PEAK_F64, TM_PEAK_BF16] {
        let probe = tm_peak(isa, type)
        guard let kernel = probe.kernel else {
          #expect(type == TM_PEAK_BF16, "\(set) has no \(type)")
          #expect(probe.flops == 0)
          continue
        }
        #expect(type != TM_PEAK_BF16 || isa == TM_AVX512_BF16)
        let width = try #require(lanes[set.description])
        let flops = type == TM_PEAK_F32 ? 2 * width : type == TM_PEAK_F64 ? width : 4 * width
        #expect(Int(probe.flops) % flops == 0, "\(set): \(probe.flops)")
        let sums = [0, 100_000].map { iterations in
          let slots = Slots(1, count: 2) { _, _ in .nan }
          slots.run(
            kernel,
            tm_peak_arguments(
              out: tm_ref(offset: 0, slot: 0), iterations: Int64(iterations)))
          return slots.bases[0]?.load(as: Double.self) ?? .nan
        }
        // Sums begin with the number of iterations, and a number of their own.
        let count = Double(probe.flops) / Double(flops)
        #expect(sums[0] == count * (count - 1) / 2, "\(set)")
        #expect(sums[1].isFinite && sums[1] != sums[0], "\(set)")
      }
    }
  }

  @Test("A set that this CPU has not has no probes")
  func missing() {
    let missing = (0..<TM_ISA_COUNT.rawValue).map { tm_isa($0) }.filter { tm_kernels($0) == nil }
    for isa in missing {
      #expect(tm_triad(isa) == nil && tm_peak(isa, TM_PEAK_F32).kernel == nil)
    }
    #expect(!missing.isEmpty)  // no CPU has both AVX2 and NEON
  }
}
