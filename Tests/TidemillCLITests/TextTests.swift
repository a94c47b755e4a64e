import Testing
import Tidemill
import TidemillCLI

@Suite("Text for people")
struct TextTests {
  private let plain = Terminal(isLive: true, hasColor: false)

  private var line: ProgressLine {
    ProgressLine(
      epoch: 3, epochs: 30, done: 0.25, samplesPerSecond: 43_140.4, loss: 0.123_45,
      accuracy: 0.9876, seconds: 4.25, secondsLeft: 12)
  }

  @Test("A line of a pipe says everything")
  func plainLine() {
    #expect(
      line.plain
        == "epoch  3/30  loss 0.1235  accuracy 98.76 %  43,140 samples/s  4.2 s")
  }

  @Test("A line of a terminal says everything where there is room")
  func liveLine() {
    let text = line.live(width: 120, on: plain)
    #expect(
      text == "epoch  3/30  ━━━━━━──────────────────  loss 0.1235  accuracy 98.76 %  12 s left  "
        + "43,140 samples/s")
  }

  @Test("A line of a terminal is never as wide as the terminal")
  func narrowTerminals() {
    for width in 0...140 {
      let text = line.live(width: width, on: plain)
      #expect(text.count <= max(width - 1, 0), "\(width): \(text)")
    }
    #expect(line.live(width: 19, on: plain) == "epoch  3/30")
    #expect(line.live(width: 20, on: plain) == "epoch  3/30  ━─────")
    #expect(line.live(width: 25, on: plain) == "epoch  3/30  loss 0.1235")
  }

  @Test("Colours only where they are wanted")
  func colours() {
    #expect(!line.live(width: 100, on: plain).contains("\u{1B}"))
    let coloured = line.live(width: 100, on: Terminal(isLive: true, hasColor: true))
    #expect(coloured.hasPrefix("\u{1B}[1mepoch  3/30\u{1B}[0m"))
  }

  @Test("Numbers")
  func numbers() {
    #expect(NumberText.grouped(0) == "0")
    #expect(NumberText.grouped(999) == "999")
    #expect(NumberText.grouped(1_234_567.6) == "1,234,568")
    #expect(NumberText.grouped(-1000) == "-1,000")
    #expect(NumberText.grouped(.infinity) == "inf")
    #expect(NumberText.bytes(1023) == "1023 B")
    #expect(NumberText.bytes(1 << 20) == "1 MiB")
    #expect(NumberText.duration(.nan) == "?")
    #expect(NumberText.duration(0.421) == "0.42 s")
    #expect(NumberText.duration(75) == "75 s")
    #expect(NumberText.duration(720) == "12 min")
  }

  @Test("Columns line up")
  func table() {
    var table = TextTable([("name", .left), ("n", .right)])
    table.append(["a", "100"])
    #expect(table.lines == ["name    n", "a     100"])
  }

  @Test("The median is of the last times, the best of all")
  func stepTimes() {
    var times = StepTimes(capacity: 3)
    #expect(times.median == 0)
    for time in [1, 50, 70, 60] as [UInt64] { times.record(time) }
    #expect((times.count, times.best, times.median) == (4, 1, 60))
  }
}
