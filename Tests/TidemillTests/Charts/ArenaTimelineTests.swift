import Foundation
import Testing
import Tidemill
import TidemillCompiler
import TidemillGraph

/// The picture of an arena has a box for each life of a value, where and when it lives.
@Suite struct ArenaTimelineTests {
  @Test("Boxes are at the times and addresses of values, those that are computed again in orange")
  func boxes() throws {
    let function = try compile(memoryBudget: .fractionOfPeak(0.7), threads: 1) { g in
      var x = g.input("x", [64, 32])
      let weight = g.input("weight", [32, 32])
      for _ in 0..<12 { x = x.matmul(weight).tanh() }
      return g.gradient(of: x.squared().mean(), withRespectTo: [weight])[0]
    }
    let (plan, program) = (function.executable.plan, function.executable.program)
    let title = "a < b & \"c\""
    let svg = ArenaTimeline(title, plan: plan, program: program).svg
    let picture = try SVGReader(svg)
    #expect(picture.all("title").first?.text == title)

    var times = [0.0]
    for step in plan.steps {
      times.append(times[times.count - 1] + program.calls[step.call].cost.seconds * 1e3)
    }
    let mebibyte = Double(1 << 20)
    let across = ChartAxis([0, times[times.count - 1]], .linear)
    let up = ChartAxis([0, Double(plan.arenaBytes) / mebibyte], .linear)
    func wanted(_ value: MemoryPlan.Value) throws -> [Double] {
      let (first, last) = (value.lifetime.lowerBound, value.lifetime.upperBound)
      let start = try #require(across.place(times[first]))
      let end = try #require(across.place(times[last + 1]))
      let bottom = try #require(up.place(Double(value.offset) / mebibyte))
      let top = try #require(up.place(Double(value.offset + value.byteCount) / mebibyte))
      // The plot is 828 wide and 312 high, its bottom left at 74, 370.
      return [
        74 + 828 * start, 370 - 312 * top, max(0.3, 828 * (end - start)),
        max(0.3, 312 * (top - bottom)),
      ]
    }
    let rectangles = picture.all("rect").dropFirst()
    let groups = picture.all("g").filter { ["s0", "s1"].contains($0.attributes["class"] ?? "") }
    #expect(groups.map { $0.attributes["class"] } == ["s0", "s1"])
    let values = plan.values.filter { $0.byteCount > 0 }
    func isAgain(_ value: MemoryPlan.Value) -> Bool {
      plan.steps[value.lifetime.lowerBound].isRecomputation
    }
    // Those that are computed again are drawn over the others.
    let drawn = values.filter { !isAgain($0) } + values.filter(isAgain)
    #expect(rectangles.count == drawn.count && values.contains(where: isAgain))
    for (value, rectangle) in zip(drawn, rectangles) {
      let found = ["x", "y", "width", "height"].map {
        Double(rectangle.attributes[$0] ?? "") ?? .nan
      }
      let expected = try wanted(value)
      // Pixels have one digit behind the point.
      #expect(zip(found, expected).allSatisfy { abs($0 - $1) < 0.06 }, "\(found), \(expected)")
    }
    let told = picture.all("title").dropFirst().map(\.text)
    let suffixes = drawn.map {
      (isAgain($0) ? ", again: " : ": ")
        + "\(NumberText.bytes($0.byteCount)) at \($0.offset), steps "
        + "\($0.lifetime.lowerBound) to \($0.lifetime.upperBound)"
    }
    #expect(zip(told, suffixes).allSatisfy { $0.hasSuffix($1) })
    // How many of them are in which group.
    let parts = svg.components(separatedBy: "<g class=\"s1\"")
    #expect(parts.count == 2)
    let again = parts[1].components(separatedBy: "<rect ").count - 1
    #expect(again == values.filter(isAgain).count)
  }
}
