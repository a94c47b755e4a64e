import Tidemill
import TidemillPlanning

/// A JSON file of a graph: `{"nodes": [{"id": 0, "mem_kb": 4, "cost": 7}, …], "edges": [[0, 1], …]}`.
///
/// An edge `[u, v]` says that v reads u's value. A node may have an `op`, its name in messages; other
/// members say nothing here. Where the order of the nodes is topological, the search begins with it.
struct RecomputeFile {
  let problem: RecomputeProblem
  /// By place in the file.
  private(set) var ids: [Int] = []
  private(set) var names: [String] = []

  private static let mostBytes = 1 << 28

  /// Reads a file.
  ///
  /// - Throws: `file` or `data`, with the place that is wrong; `plan` where the graph makes no sense.
  init(path: String, budget: Int) throws {
    let text = try JSONValue(
      parsing: FileReader.contents(of: path, limit: Self.mostBytes), name: path)
    let place = Place(path: path, name: "the graph")
    let graph = try place.object(text)
    var sizes: [Int] = []
    var costs: [Int] = []
    var places: [Int: Int] = [:]
    for (index, node) in try place.array(graph, "nodes").enumerated() {
      let place = Place(path: path, name: "node \(index)")
      let members = try place.object(node)
      let id = try place.number(members, "id")
      guard places.updateValue(index, forKey: id) == nil else {
        throw place.mistake("has the id \(id) of another node")
      }
      ids.append(id)
      sizes.append(try place.number(members, "mem_kb"))
      costs.append(try place.number(members, "cost"))
      if case .string(let name)? = members["op"] { names.append(name) } else { names.append("") }
    }
    if let count = graph["n"]?.count, count != ids.count {
      throw place.mistake("has \(ids.count) nodes, but says that 'n' is \(count)")
    }
    let edges = try place.array(graph, "edges").enumerated().map { index, edge in
      let place = Place(path: path, name: "edge \(index)")
      guard let ends = edge.counts, ends.count == 2 else {
        throw place.mistake("must be two ids of nodes, [u, v], where v reads u's value")
      }
      guard let from = places[ends[0]], let to = places[ends[1]] else {
        throw place.mistake("leads from \(ends[0]) to \(ends[1]), but nodes have no such ids")
      }
      return (from: from, to: to)
    }
    do {
      problem = try RecomputeProblem(sizes: sizes, costs: costs, edges: edges, budget: budget)
    } catch let error as TidemillError {
      throw TidemillError(error.code, "\(path): \(error.message)")
    }
  }

  /// An operation for people: its id and its name.
  func describe(_ operation: Int) -> String {
    let name = names[operation].printable(limit: 60)
    return name.isEmpty ? "operation \(ids[operation])" : "operation \(ids[operation]) (\(name))"
  }

  /// A schedule as JSON.
  func text(_ plan: RecomputePlan) -> String {
    let steps = plan.steps.map { step in
      switch step {
      case .compute(let operation): "[\"compute\", \(ids[operation])]"
      case .free(let operation): "[\"free\", \(ids[operation])]"
      }
    }
    return """
      {"schedule": [\(steps.joined(separator: ", "))],
      "cost": \(plan.cost), "base_cost": \(problem.baseCost), "peak_kb": \(plan.peak), \
      "lower_bound": \(plan.lowerBound)}

      """
  }
}

/// A part of a file that messages name.
private struct Place {
  let path: String
  let name: String

  func mistake(_ reason: String) -> TidemillError {
    TidemillError(.data, "\(path): \(name) \(reason).")
  }

  func object(_ value: JSONValue) throws -> [String: JSONValue] {
    guard case .object(let members) = value else { throw mistake("is no object") }
    return Dictionary(members.map { ($0.name, $0.value) }) { first, _ in first }
  }

  func array(_ members: [String: JSONValue], _ key: String) throws -> [JSONValue] {
    guard case .array(let values)? = members[key] else { throw mistake("has no array '\(key)'") }
    return values
  }

  func number(_ members: [String: JSONValue], _ key: String) throws -> Int {
    guard let number = members[key]?.count else {
      throw mistake("has no '\(key)' that is a whole number from 0 on, of 64 bits")
    }
    return number
  }
}
