import CPlatform
import Foundation
import Synchronization
import Testing

@Suite("The system calls do what their comments say")
struct PlatformTests {
  @Test("A futex does not sleep on another value, and sleeps no longer than it is told")
  func futexLimits() {
    let word = UnsafeMutablePointer<UInt32>.allocate(capacity: 1)
    defer { word.deallocate() }
    word.initialize(to: 7)
    #expect(tidemill_futex_wait(word, 8, -1) == EAGAIN)
    let start = tidemill_nanoseconds()
    #expect(tidemill_futex_wait(word, 7, 3_000_000) == ETIMEDOUT)
    let slept = tidemill_nanoseconds() - start
    #expect(slept >= 3_000_000 && slept < 2_000_000_000)
    #expect(tidemill_futex_wake(word, Int32.max) == 0)
  }

  @Test("A sleeping thread is woken, and its answer is 0")
  func futexWake() {
    let word = UnsafeMutablePointer<Atomic<UInt32>>.allocate(capacity: 1)
    word.initialize(to: Atomic(0))
    defer { word.deallocate() }
    let address = UInt(bitPattern: word)
    let waker = Thread {
      guard let word = UnsafePointer<Atomic<UInt32>>(bitPattern: address) else { return }
      // Wakes that come before the sleep are lost: go on until one has hit.
      while word.pointee.load(ordering: .acquiring) == 0 {
        if tidemill_futex_wake(word, 1) == 1 {
          word.pointee.store(1, ordering: .releasing)
        }
        tidemill_pause()
      }
    }
    waker.start()
    var status: Int32
    repeat { status = tidemill_futex_wait(word, 0, -1) } while status == EINTR
    #expect(status == 0)
    while word.pointee.load(ordering: .acquiring) == 0 { tidemill_pause() }
  }

  @Test("A CPU that is none cannot be pinned to", arguments: [-1, 262_143, 262_144, Int32.max])
  func wrongPin(_ cpu: Int32) {
    #expect(Thread.detached { tidemill_pin_thread(cpu) } == EINVAL)
  }

  @Test("Fewer places than CPUs: the count is whole, and nothing is written beyond")
  func fewPlaces() {
    var cpus: [Int32] = [-7, -7]
    let count = tidemill_process_cpus(&cpus, 0)
    #expect(count >= 1 && cpus == [-7, -7])
    #expect(tidemill_process_cpus(&cpus, 1) == count && cpus[0] >= 0 && cpus[1] == -7)
    #expect(tidemill_allowed_cpus(Int32.max, &cpus, 1) == -ESRCH)
  }

  @Test("A thread has the name it gives itself, cut to what the system keeps")
  func threadName() throws {
    let name = Thread.detached {
      tidemill_name_thread("tidemill worker 12")
      return try? String(contentsOfFile: "/proc/thread-self/comm", encoding: .utf8)
    }
    #expect(name == "tidemill worker\n")
  }

  @Test(
    "A mapping is aligned, zero and writable to its last byte",
    arguments: [1, 4096, 4097, 2 << 20, (2 << 20) + 1, 5 << 20], [0, 1] as [Int32])
  func mapping(_ bytes: Int, _ huge: Int32) throws {
    let memory = try #require(tidemill_map(bytes, huge))
    let alignment = huge == 1 && bytes >= 2 << 20 ? 2 << 20 : tidemill_page_size()
    #expect(UInt(bitPattern: memory) % UInt(alignment) == 0)
    #expect(memory.load(as: UInt8.self) == 0)
    #expect(memcmp(memory, memory + 1, bytes - 1) == 0, "every byte is like the first")
    memset(memory, 0xA5, bytes)
    #expect(tidemill_unmap(memory, bytes) == 0)
  }

  @Test("Nothing, and more than there is, cannot be mapped", arguments: [0, Int.max, -1])
  func wrongMapping(_ bytes: Int) {
    #expect(tidemill_map(bytes == -1 ? Int(bitPattern: UInt.max) : bytes, 1) == nil)
    #expect(tidemill_unmap(nil, 4096) == 0)
  }

  @Test("Huge mappings give back all they took")
  func mappingLeak() throws {
    func addressSpace() throws -> Int {
      let fields = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(
        separator: " ")
      return try #require(fields.first.flatMap { Int($0) })
    }
    let before = try addressSpace()
    for _ in 0..<2000 {
      let memory = try #require(tidemill_map(3 << 20, 1))
      #expect(tidemill_unmap(memory, 3 << 20) == 0)
    }
    // 2000 lost pieces of 2 MiB would be a million pages; other tests run beside this one.
    #expect(try addressSpace() - before < 500_000)
  }

  @Test("The clock goes on, and the peak of memory grows by what is touched")
  func clockAndPeak() throws {
    let start = tidemill_nanoseconds()
    let before = tidemill_peak_resident_bytes()
    let bytes = 64 << 20
    #expect(before > 1 << 20)
    let memory = try #require(tidemill_map(bytes, 0))
    memset(memory, 1, bytes)
    #expect(tidemill_unmap(memory, bytes) == 0)
    #expect(tidemill_peak_resident_bytes() >= max(before, UInt64(bytes)))
    #expect(tidemill_nanoseconds() > start)
  }

  @Test("A forked child sees another generation, the parent the same")
  func fork() throws {
    // Swift hides fork, rightly. This child only reads a number and ends.
    typealias Fork = @convention(c) () -> pid_t
    let symbol = try #require(dlsym(nil, "fork"))
    let fork = unsafeBitCast(symbol, to: Fork.self)
    let generation = tidemill_fork_generation()
    let child = fork()
    if child == 0 { _exit(Int32(tidemill_fork_generation() &- generation)) }
    try #require(child > 0)
    var status: Int32 = 0
    #expect(waitpid(child, &status, 0) == child)
    #expect(status == 1 << 8, "the child exits with 1, the difference of generations")
    #expect(tidemill_fork_generation() == generation)
  }

  @Test("A file is read whole or not at all")
  func files() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("text", "hello")
    var buffer = [CChar](repeating: 0, count: 8)
    #expect(tidemill_read_file(path, &buffer, 8) == 5)
    #expect(tidemill_read_file(path, &buffer, 5) == 5)
    #expect(tidemill_read_file(path, &buffer, 4) == -Int(EFBIG))
    #expect(tidemill_read_file(path + "s", &buffer, 8) == -Int(ENOENT))
    #expect(tidemill_read_file(folder.path, &buffer, 8) == -Int(EISDIR))
  }
}
