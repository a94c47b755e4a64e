import CKernels
import Foundation
import TidemillCompiler
import TidemillGraph
import TidemillRuntime
import TidemillTopology

/// The bandwidth of memory by the triad of STREAM, `a = b + 3·c`, on the engine's threads and in the
/// engine's kind of memory, measured when asked.
///
/// Three arrays, each four times the last-level caches, so that none stays there.
///
/// **Source**: McCalpin: Memory bandwidth and machine balance in current high performance computers, 1995.
package final class MemoryBandwidth {
  /// Bytes of each of the three arrays.
  package let arrayBytes: Int
  private let arrays: [TensorStorage]
  private let usual: ProbeRun
  private let streaming: ProbeRun

  /// - Parameters:
  ///   - threads: How many threads, the caller included.
  ///   - instructionSet: Whose vectors are loaded and stored.
  /// - Throws: `out-of-memory`.
  package init(threads: Int, instructionSet: InstructionSet) throws {
    let count = Self.elements(Pool.machine) / Int(TM_TRIAD_STEP)
    arrayBytes = count * Self.stepBytes
    let bytes = arrayBytes
    arrays = try (0..<3).map { _ in try TensorStorage(byteCount: bytes) }
    guard let kernel = tm_triad(instructionSet.table.pointee.isa) else {
      throw TidemillError(.argument, "This CPU has no \(instructionSet).")
    }
    func run(streams: Bool) throws -> ProbeRun {
      try ProbeRun(kernel, threads: threads) { worker in
        tm_triad_arguments(
          a: tm_ref(offset: 0, slot: 0), b: tm_ref(offset: 0, slot: 1),
          c: tm_ref(offset: 0, slot: 2), begin: Self.bound(worker, of: threads, count),
          end: Self.bound(worker + 1, of: threads, count), streams: streams)
      }
    }
    usual = try run(streams: false)
    streaming = try run(streams: true)
  }

  /// Measures, with usual stores and with those past the caches.
  ///
  /// - Returns: Bytes a second, of the better; 12 bytes an element, as STREAM counts.
  package func measure() -> Double {
    let bases = arrays.map(\.bytes.baseAddress)
    let seconds = [usual, streaming].map { $0.seconds(bases: bases, repetitions: 3) }
    return 3 * Double(arrayBytes) / max(seconds.min() ?? 0, 1e-12)
  }

  /// Elements of an array: a sixteenth of the memory at most.
  private static func elements(_ topology: Topology) -> Int {
    let level = topology.caches.map(\.level).max()
    let known = topology.caches.reduce(0) { total, cache in
      cache.level == level ? total + min(max(cache.bytes, 0), 1 << 40) : total
    }
    let memory = ProcessInfo.processInfo.physicalMemory / 16
    let bytes = min(4 * (known > 0 ? known : unknownCache), Int(clamping: memory))
    return max(bytes / MemoryLayout<Float>.size, 1 << 16)
  }

  /// Where a worker's part begins: whole steps, as equal as they can be.
  private static func bound(_ worker: Int, of threads: Int, _ steps: Int) -> Int64 {
    Int64(steps * worker / threads) * Int64(TM_TRIAD_STEP)
  }

  private static let stepBytes = Int(TM_TRIAD_STEP) * MemoryLayout<Float>.size
  /// For a machine that does not tell its caches.
  private static let unknownCache = 32 << 20
}
