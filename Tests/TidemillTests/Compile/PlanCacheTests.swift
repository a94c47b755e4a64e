import Foundation
import Testing
import Tidemill
import TidemillTestSupport

/// Plans in a folder, from one compilation to the next.
@Suite struct PlanCacheTests {
  /// Twelve layers whose values the backward pass reads again.
  private static func deep(_ g: GraphBuilder) -> Value {
    var x = g.input("x", [64, 32])
    let weight = g.input("weight", [32, 32])
    for _ in 0..<12 { x = x.matmul(weight).tanh() }
    return g.gradient(of: x.squared().mean(), withRespectTo: [weight])[0]
  }

  private func compiled(
    _ folder: String, _ budget: MemoryBudget = .fractionOfPeak(0.75)
  ) throws -> CompiledFunction {
    try compile(memoryBudget: budget, planCache: folder, threads: 1, Self.deep)
  }

  @Test func folderIsMadeAndUsed() throws {
    let folder = try TemporaryFolder()
    let path = folder("plans/deeper")
    let first = try compiled(path)
    let second = try compiled(path)
    #expect(first.memory.planFile == .written && second.memory.planFile == .loaded)
    #expect(first.memory.recomputations == second.memory.recomputations)
    let x = try Tensor((0..<2048).map { Float($0 % 7) / 7 }, shape: [64, 32])
    let weight = try Tensor((0..<1024).map { Float($0 % 5) / 50 }, shape: [32, 32])
    let results = try [first, second].map { try $0.session().run(x, weight) }
    #expect(results[0].hasSameBits(as: results[1]))
    let files = try FileManager.default.contentsOfDirectory(atPath: path)
    #expect(files.count == 1 && files[0].hasSuffix(".plan") && files[0].count == 37)
  }

  /// Plans of two budgets lie beside each other.
  @Test func plansLieBesideEachOther() throws {
    let folder = try TemporaryFolder()
    let budgets = [MemoryBudget.fractionOfPeak(0.75), .fractionOfPeak(0.8)]
    let uses = try (budgets + budgets).map { try compiled(folder("plans"), $0).memory.planFile }
    #expect(uses == [.written, .written, .loaded, .loaded])
  }

  /// What is no plan is refused, and overwritten; a folder that is a file stops nothing.
  @Test func whatIsNoPlan() throws {
    let folder = try TemporaryFolder()
    let path = folder("plans")
    _ = try compiled(path)
    let name = try #require(FileManager.default.contentsOfDirectory(atPath: path).first)
    for bytes in [Data(), Data("tidemill-plan 1\n".utf8), Data(repeating: 10, count: 1000)] {
      try bytes.write(to: URL(fileURLWithPath: "\(path)/\(name)"))
      let found = try compiled(path).memory.planFile
      #expect(found == .refused("the file is damaged"))
      #expect(try compiled(path).memory.planFile == .loaded)
    }
    guard case .unwritten(let reason) = try compiled("\(path)/\(name)").memory.planFile else {
      Issue.record("a plan was written into a file")
      return
    }
    #expect(!reason.isEmpty)
  }

  /// Without time nothing is found, and so nothing runs again.
  @Test func planningTimeIsKept() throws {
    let text = try message {
      try compile(memoryBudget: .fractionOfPeak(0.75), planningTime: .zero, threads: 1, Self.deep)
    }
    #expect(text.contains("The smallest that works is"))
  }

  /// A smaller batch has the arena of the declared one: nothing has to run again where all fits into it.
  @Test func smallerBatchesUseTheArenaThatIsThere() throws {
    let function = try compile(memoryBudget: .fractionOfPeak(0.75), threads: 1, Self.deep)
    #expect(function.memory.recomputedCalls > 0)
    let small = try function.executable(for: [[16, 32], [32, 32]])
    #expect(small.memory.recomputedCalls == 0)
    #expect(small.memory.arenaBytes <= function.memory.arenaBytes)
    let large = try function.executable(for: [[128, 32], [32, 32]])
    #expect(large.memory.recomputedCalls > 0)
  }

  @Test func negativeTime() throws {
    let text = try message {
      try compile(planningTime: .seconds(-1)) { g in g.fill(1) }
    }
    #expect(text.contains("planningTime must be 0 or more"))
  }
}
