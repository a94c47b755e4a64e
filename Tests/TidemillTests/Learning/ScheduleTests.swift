import Foundation
import Testing
import Tidemill
import TidemillTestSupport

/// Schedules against PyTorch's, their ends, and in a training.
@Suite struct ScheduleTests {
  @Test(arguments: [
    ("step", Schedule.step(0.5, every: 7, factor: 0.3)),
    ("exponential", .exponential(0.5, factor: 0.93)),
    ("cosine", .cosine(0.5, over: 39, to: 0.05)),
    ("one cycle", .oneCycle(0.8, over: 41)),
    ("one cycle options", .oneCycle(0.8, over: 41, rising: 0.4, first: 0.1, last: 0.01)),
    ("warm-up", .step(0.5, every: 7, factor: 0.3).warmedUp(over: 10, from: 0.1)),
  ])
  func againstPyTorch(name: String, schedule: Schedule) throws {
    let all = try Goldens.read("schedules.json", as: [String: [Double]].self)
    let expected = try #require(all[name])
    #expect(expected.count == 40 && all.count == 6)
    for (step, rate) in expected.enumerated() {
      #expect(abs(schedule.rate(at: step) - rate) <= 1e-12 * 0.8, "\(name), step \(step)")
    }
  }

  /// Before the start, after the end, and durations that are none.
  @Test func ends() {
    #expect(Schedule.constant(0.25).rate(at: UInt64.max) == 0.25)
    #expect(Schedule.cosine(1, over: 10, to: 0.5).rate(at: 10) == 0.5)
    #expect(Schedule.cosine(1, over: 10, to: 0.5).rate(at: Int.max) == 0.5)
    #expect(Schedule.cosine(1, over: 0).rate(at: -3) == 1)
    #expect(abs(Schedule.oneCycle(1, over: 9).rate(at: 100) - 4e-6) < 1e-18)
    #expect(Schedule.constant(1).warmedUp(over: 4).rate(at: 1) == 0.25)
    #expect(Schedule.constant(1).warmedUp(over: 4).rate(at: 4) == 1)
    let schedules: [Schedule] = [
      .step(1, every: 0, factor: 0.5), .cosine(1, over: -1), .oneCycle(1, over: 0),
      .oneCycle(1, over: 1), .oneCycle(1, over: 5, rising: 0), .oneCycle(1, over: 5, rising: 2),
      .constant(1).warmedUp(over: 0), Schedule { 1 / ($0 + 1) },
    ]
    for schedule in schedules {
      for step in -1..<10 {
        let rate = schedule.rate(at: step)
        #expect(rate >= 0 && rate <= 1, "step \(step)")
      }
    }
  }

  /// The rate of each step arrives in the update.
  @Test func inATraining() throws {
    let weight = parameter("w", try float64([0]))
    let store = try store([weight])
    let session = try compile { g in
      let loss = g.read(weight).sum()
      g.minimize(loss, over: [weight], with: SGD(learningRate: g.input("rate", [], .float64)))
      return loss
    }.session(store)
    let schedule = Schedule.exponential(1, factor: 0.5)
    for _ in 0..<4 { _ = try session.run(schedule.rate(at: session.step)) }
    #expect(try store.tensor(named: "w").doubles == [-1.875])
  }
}
