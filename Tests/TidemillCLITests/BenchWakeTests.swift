import Foundation
import Testing

@Suite("tidemill bench wake", .enabled(if: ProcessInfo.processInfo.activeProcessorCount > 1))
struct BenchWakeTests {
  @Test("JSON has four times, the median never above the 99th percentile")
  func json() throws {
    let outcome = try CommandLineTool.run([
      "bench", "wake", "--repetitions", "20", "--format", "json",
    ])
    #expect(outcome.status == 0, "\(outcome.errors)")
    let times = try outcome.json(as: [String: Double].self)
    #expect(
      Set(times.keys) == ["run_median_us", "run_p99_us", "futex_median_us", "futex_p99_us"])
    for name in ["run", "futex"] {
      let (median, p99) = (times["\(name)_median_us"] ?? 0, times["\(name)_p99_us"] ?? 0)
      #expect(median > 0 && median <= p99, "\(name)")
    }
  }

  @Test("refuses no repetitions")
  func refuses() throws {
    let outcome = try CommandLineTool.run(["bench", "wake", "--repetitions", "0"])
    #expect(outcome.status == 2 && outcome.errors.contains("--repetitions"))
  }
}
