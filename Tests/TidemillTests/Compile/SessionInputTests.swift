import Testing
import Tidemill
import TidemillTestSupport

/// What a session says of inputs that do not fit, and that it goes on working after each.
@Suite struct SessionInputTests {
  private func makeSession() throws -> Session {
    try compile { g in
      let x = g.input("images", [4, 3]), labels = g.input("labels", [4], .int32),
        rate = g.input("rate", [])
      return [x.sum() * rate, labels.sum()]
    }.session()
  }

  private let images = try? Tensor(repeating: Float(2), shape: [4, 3])
  private let labels = try? Tensor([1, 2, 3, 4] as [Int32])

  @Test func wrongInputsAreNamed() throws {
    let session = try makeSession()
    let (images, labels) = (try #require(images), try #require(labels))
    let wide = try Tensor(zeros: [4, 5])
    #expect(try session.run(images, labels, 0.5).item() == 12)
    let mistakes: [(String, () throws -> Tensor)] = [
      (
        "has 3 inputs (images: float32[4, 3], labels: int32[4], rate: float32[]), but 2 were given",
        { try session.run(images, labels) }
      ),
      ("3 inputs", { try session.run(images, labels, 0.5, 1) }),
      (
        "Input 'images', axis 1: expected 3, found 5 in a tensor of shape [4, 5]. Only axis 0 may differ",
        { try session.run(wide, labels, 0.5) }
      ),
      (
        "Input 'images' is float32[4, 3], with 2 axes, but the tensor given has shape [4]",
        { try session.run(Tensor(zeros: [4]), labels, 0.5) }
      ),
      (
        "Input 'labels' is int32[4], but a tensor of float32 was given",
        { try session.run(images, Tensor(zeros: [4]), 0.5) }
      ),
      (
        "Input 'images' is float32[4, 3], but a single number was given",
        { try session.run(1.0, labels, 0.5) }
      ),
      (
        "Input 'rate' is float32[], with 0 axes, but the tensor given has shape [1]",
        { try session.run(images, labels, Tensor(zeros: [1])) }
      ),
    ]
    for (part, run) in mistakes {
      do {
        _ = try run()
        Issue.record("nothing was thrown for: \(part)")
      } catch let error as TidemillError {
        #expect(error.code == .input)
        #expect(error.message.contains(part), "\(error)")
      }
      #expect(try session.run(images, labels, 0.5).item() == 12)
    }
    #expect(session.step == UInt64(mistakes.count) + 1)
  }

  @Test func numbersAreRoundedToTheInputsType() throws {
    let session = try compile { g in
      [
        g.input("a", []).cast(to: .float64) + g.input("b", [], .float64),
        g.input("c", [], .int32) + 1, select(g.input("d", [], .bool), g.fill(1), g.fill(2)),
      ]
    }.session()
    #expect(try session.run(Float(0.5), 0.25, 3.9, 1).item() == 0.75)
    #expect(try session.result(1).item() == 4)
    #expect(try session.result(2).item() == 1)
    #expect(try session.run(1, Float(0.5), 1e20, 0).item() == 1.5)
    #expect(try session.result(2).item() == 2)
  }

  @Test func resultsByPosition() throws {
    let session = try makeSession()
    #expect(session.results.count == 2)
    _ = try session.run(#require(images), #require(labels), 1)
    #expect(try session.results.map { try $0.item() } == [24, 10])
    #expect(try message { try session.result(2) }.contains("no result 2; the closure returned 2"))
    #expect(try message { try session.result(-1) }.contains("no result -1"))
  }

  /// A result that is kept does not change with the next run; inputs are not changed by any.
  @Test func keptResultsStay() throws {
    let session = try compile { g in g.input("x", [3]) * 2 }.session()
    let x = try Tensor([1, 2, 3] as [Float])
    let first = try session.run(x)
    let second = try session.run(Tensor([4, 5, 6] as [Float]))
    #expect(first.doubles == [2, 4, 6] && second.doubles == [8, 10, 12])
    #expect(x.doubles == [1, 2, 3])
  }

  @Test func closuresWithoutResults() throws {
    let text = try message { try compile { _ -> [Value] in [] } }
    #expect(text.contains("the closure returned no result"))
  }

  /// A closure that does something else when it is called for another batch size is found out.
  @Test func closuresThatChangeTheirMind() throws {
    let calls = Counter()
    let session = try compile { g in
      calls.increment()
      return g.input(calls.value == 1 ? "x" : "y", [3]) * 2
    }.session()
    let text = try message { try session.run(Tensor(zeros: [2])) }
    #expect(text.contains("must do the same each time"))
  }

  /// Inputs are let go of after a run: their owner writes to them without a copy.
  @Test func inputsAreLetGo() throws {
    let session = try compile { g in g.input("x", [3]) * g.input("scale", []) }.session()
    var x = try Tensor([1, 2, 3] as [Float])
    let place = x.storage.bytes.baseAddress
    _ = try session.run(x, 2)
    try x.withMutableScalars { (scalars: UnsafeMutableBufferPointer<Float>) in scalars[0] = 5 }
    #expect(x.storage.bytes.baseAddress == place)
  }

  @Test func unknownParameters() throws {
    let (weight, other) = (
      parameter("w", try Tensor(zeros: [2])), parameter("v", try Tensor(zeros: [2]))
    )
    let function = try compile { g in g.read(weight).sum() }
    let store = try store([other])
    #expect(try message { try function.session(store) }.contains("'w', which is not in this store"))
    #expect(try message { try compile(threads: 0) { $0.fill(1) } }.contains("thread"))
  }
}
