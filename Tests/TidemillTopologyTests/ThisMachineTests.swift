import CPlatform
import Foundation
import Testing
import TidemillTopology

@Suite("This machine is seen as the system says it is")
struct ThisMachineTests {
  /// The affinity mask, from the text that the kernel writes: `Cpus_allowed_list: 0-3,8`.
  private func mask(of thread: String) throws -> [PU] {
    let text = try String(contentsOfFile: "/proc/\(thread)/status", encoding: .utf8)
    let line = try #require(text.split(separator: "\n").first { $0.hasPrefix("Cpus_allowed_list") })
    return line.split(whereSeparator: \.isWhitespace)[1].split(separator: ",").flatMap { run in
      let ends = run.split(separator: "-").compactMap { Int($0) }
      return (ends[0]...ends[ends.count - 1]).map { PU($0) }
    }
  }

  @Test("Allowed PUs are the affinity mask, and not more than are online")
  func allowed() throws {
    let topology = Topology.current()
    expectConsistent(topology)
    #expect(topology.isThisMachine)
    #expect(try topology.allowedPUs == mask(of: "self"))
    #expect(topology.allowedPUs.count <= sysconf(Int32(_SC_NPROCESSORS_ONLN)))
    #expect(try PU.allowedToThread() == mask(of: "thread-self"))
    #expect(Topology.current() == topology)
  }

  @Test("Cache sizes are those that sysconf has")
  func caches() {
    let topology = Topology.current()
    let known = [
      (1, sysconf(Int32(_SC_LEVEL1_DCACHE_SIZE)), sysconf(Int32(_SC_LEVEL1_DCACHE_LINESIZE))),
      (2, sysconf(Int32(_SC_LEVEL2_CACHE_SIZE)), sysconf(Int32(_SC_LEVEL2_CACHE_LINESIZE))),
    ]
    for (level, bytes, line) in known where bytes > 0 {
      let caches = topology.cores.compactMap { topology.cache(level: level, ofCore: $0.index) }
      // Cores of a hybrid machine differ, and sysconf tells of the one it runs on.
      #expect(caches.isEmpty || caches.contains { $0.bytes == bytes }, "L\(level)")
      #expect(caches.allSatisfy { $0.lineSize == nil || $0.lineSize == line }, "L\(level)")
    }
  }

  @Test("Every worker of the default placement can be pinned where it is to go")
  func pinning() throws {
    let topology = Topology.current()
    let placement = try topology.placement(threads: topology.allowedPUs.count)
    for pu in placement.workers.compactMap(\.pu) {
      let thread = Thread.detached {
        (tidemill_pin_thread(Int32(pu.rawValue)), PU.allowedToThread())
      }
      #expect(thread.0 == 0 && thread.1 == [pu])
    }
    #expect(PU.allowedToProcess() == topology.allowedPUs, "the process itself is not pinned")
  }
}

extension Thread {
  /// Runs on a thread of its own, which may be pinned, and waits for the end.
  static func detached<Result: Sendable>(_ work: @escaping @Sendable () -> Result) -> Result {
    let box = Box<Result>()
    let thread = Thread {
      box.value = work()
      box.done.signal()
    }
    thread.start()
    box.done.wait()
    return box.value!
  }

  /// One thread writes before the signal, one reads after it.
  private final class Box<Result>: @unchecked Sendable {
    let done = DispatchSemaphore(value: 0)
    var value: Result?
  }
}
