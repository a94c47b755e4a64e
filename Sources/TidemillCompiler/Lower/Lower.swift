import TidemillGraph

extension Graph {
  /// Kernel calls that compute this graph.
  ///
  /// Elementwise chains become tile programs, layouts become views, everything else asks its operation.
  /// What is computed only to be assigned is written straight into the state where nobody else still
  /// reads the old numbers then; such calls are moved up to right behind the last reader, so that
  /// gradients die early.
  ///
  /// - Parameters:
  ///   - blocks: For matrix products.
  ///   - streaming: Which results are stored past the caches.
  ///   - savesMemory: Whether a product that ends in an update is walked in one piece of depth where it is not
  ///     too deep, so that its sums do not wait in memory of their own. No bit depends on it.
  /// - Complexity: O(nodes + edges), and O(calls) for each assignment.
  package func lowered(
    blocks: GemmBlocks = .standard, streaming: Streaming = .standard, savesMemory: Bool = false
  ) -> Program {
    let lowering = ProgramBuilder(self, blocks, streaming, savesMemory: savesMemory)
    lowering.addNodes()
    lowering.addOutputCopies()
    lowering.addUpdates()
    return lowering.finished()
  }
}

/// A program in the making.
final class ProgramBuilder {
  let graph: Graph
  let blocks: GemmBlocks
  private let streaming: Streaming
  private let savesMemory: Bool
  let groups: FusionGroups
  private let reductions: ChainReductions
  private let updates: UpdateGroups
  private let epilogues: ProductEpilogues
  private var buffers: [Program.Buffer] = []
  private(set) var calls: [Program.Call] = []
  /// Where nodes that have memory, or are seen in another's memory, lie.
  private var views: [NodeID: View] = [:]
  private var sources: [Source: BufferID] = [:]
  /// The output that a node is computed into, rather than copied to.
  private var direct: [NodeID: Int] = [:]

  init(_ graph: Graph, _ blocks: GemmBlocks, _ streaming: Streaming, savesMemory: Bool) {
    self.graph = graph
    self.blocks = blocks
    self.streaming = streaming
    self.savesMemory = savesMemory
    groups = FusionGroups(of: graph)
    reductions = ChainReductions(of: graph, groups)
    updates = UpdateGroups(of: graph, groups)
    epilogues = ProductEpilogues(
      of: graph, groups, updates, except: Set(reductions.endings.keys))
    for (position, id) in graph.outputs.enumerated() where direct[id] == nil {
      switch graph[id].operation.lowering {
      case .elementwise, .calls: direct[id] = position
      case .source, .fill, .view: break
      }
    }
  }

  // MARK: Nodes

  func addNodes() {
    let guards = Dictionary(grouping: graph.guards, by: \.value)
    for id in graph.ids {
      add(id)
      for check in guards[id] ?? [] {
        append(
          CheckCall(input: contiguous(id)), label: "check \(check.name)", guardName: check.name)
      }
    }
  }

  private func add(_ id: NodeID) {
    let node = graph[id]
    switch node.operation.lowering {
    case .source(let source):
      views[id] = View(contiguous: buffer(of: source, node), node.type)
    case .fill:
      break  // made where somebody needs it in memory
    case .view(let view):
      views[id] = view(self.view(of: node.operands[0])) ?? view(contiguous(node.operands[0]))
    case .elementwise:
      guard groups.root[id] == id, updates.keys[id] == nil else { break }
      add(group: id)
    case .calls where reductions.fused.contains(id):
      break  // computed with the chain before it
    case .calls(let emit):
      guard !epilogues.fused.contains(id) else { break }
      views[id] = View(contiguous: memory(for: id), node.type)
      emit(NodeContext(builder: self, id: id))
    }
  }

  private func add(group root: NodeID) {
    let members = groups.members[root] ?? [root]
    let ending = reductions.endings[root]
    let stored = members.filter {
      ($0 == root && ending?.storesValue ?? true) || updates.assigned.contains($0)
    }
    for id in stored + (ending.map { [$0.id] } ?? []) {
      views[id] = View(contiguous: memory(for: id), graph[id].type)
    }
    let outputs = Dictionary(uniqueKeysWithValues: stored.map { ($0, view(of: $0)) })
    appendGroup(root, outputs: outputs)
  }

  private func appendGroup(_ root: NodeID, outputs: [NodeID: View], writesState: Bool = false) {
    let members = groups.members[root] ?? [root]
    if let product = epilogues.products[root] {
      append(product, with: members, outputs: outputs, writesState: writesState)
      return
    }
    let ending = reductions.endings[root]
    let end = ending.flatMap { self.end(of: root, $0, into: view(of: $0.id)) }
    appendProgram(
      members, outputs: outputs, ending: ending?.id, end: end?.program, writesState: writesState)
    if let ending, let call = end?.call { append(call, label: graph[ending.id].label) }
  }

  /// A product that ends in a group.
  private func append(
    _ product: NodeID, with members: [NodeID], outputs: [NodeID: View], writesState: Bool
  ) {
    let node = graph[product]
    guard case .calls(let emit) = node.operation.lowering else { return }
    let isKept = epilogues.kept.contains(product)
    let sums =
      isKept
      ? View(contiguous: memory(for: product), node.type)
      : temporary(node.type, label: node.label)
    views[product] = sums
    emit(NodeContext(builder: self, id: product))
    let stored = isKept ? outputs.merging([product: sums]) { first, _ in first } : outputs
    let builder = TileProgramBuilder(
      graph: graph, members: members, outputs: stored, view: view(of:))
    guard var call = calls.last?.call as? GemmCall,
      let epilogue = builder.epilogue(of: product, sums: sums)
    else {
      appendProgram(members, outputs: outputs, writesState: writesState)
      return
    }
    calls.removeLast()
    call.epilogue = epilogue
    // Sums that wait in memory do so where a result will be, if nothing lies there yet.
    if !isKept, !writesState,
      let result = epilogue.outputs.first(where: { $0.view.dtype == call.c.dtype })
    {
      call.c = result.view
    } else if !isKept, savesMemory {
      call = call.inOnePiece(blocks)
    }
    append(call, label: label(of: [product] + members), writesState: writesState)
  }

  private func appendProgram(
    _ members: [NodeID], outputs: [NodeID: View], ending: NodeID? = nil,
    end: TileProgramBuilder.End? = nil, writesState: Bool = false
  ) {
    let program = TileProgramBuilder(
      graph: graph, members: members, outputs: outputs, end: end, view: view(of:)
    ).build()
    append(
      program, label: label(of: members + (ending.map { [$0] } ?? [])), writesState: writesState)
  }

  /// The scope, and the operations in order; long chains by their ends.
  private func label(of members: [NodeID]) -> String {
    let names = members.map { graph[$0].operation.name }
    let shown =
      names.count <= 4
      ? names.joined(separator: "+")
      : "\(names[0])+\(names[1])+…+\(names[names.count - 1]) (\(names.count))"
    let scope = graph[members[members.count - 1]].scope
    return scope.isEmpty ? shown : "\(scope)/\(shown)"
  }

  // MARK: Results

  /// Outputs that are seen in other memory, or asked for twice, are copied.
  func addOutputCopies() {
    for (position, id) in graph.outputs.enumerated() where direct[id] != position {
      let node = graph[id]
      let target = newBuffer(.output(position), node.type.byteCount, node.label)
      append(
        ElementwiseCall.copy(view(of: id), to: View(contiguous: target, node.type)),
        label: "output \(position)")
    }
  }

  /// First what goes straight into state, then what is copied there from memory of its own.
  func addUpdates() {
    let remaining = graph.assignments.filter { !updates.isDirect($0) }
    let copies = remaining.map { assignment in
      (target: stateView(assignment.key), source: stable(assignment.value), key: assignment.key)
    }
    for (root, keys) in updates.keys.sorted(by: { $0.key < $1.key }) {
      let outputs = keys.mapValues { stateView($0) }
      appendGroup(root, outputs: outputs, writesState: true)
    }
    for copy in copies {
      append(
        ElementwiseCall.copy(copy.source, to: copy.target), label: "assign \(copy.key.name)",
        writesState: true)
    }
  }

  /// A value's memory, copied away first if it is itself state or brought by the caller.
  private func stable(_ id: NodeID) -> View {
    let view = view(of: id)
    guard case .state = buffers[view.buffer.index].kind else { return view }
    let copy = temporary(graph[id].type, label: graph[id].label)
    append(ElementwiseCall.copy(view, to: copy), label: "keep \(graph[id].label)")
    return copy
  }

  private func stateView(_ key: StateKey) -> View {
    let source = Source.state(key)
    let id =
      sources[source] ?? newBuffer(.state(key), key.type.byteCount, key.name)
    sources[source] = id
    return View(contiguous: id, key.type)
  }

  func finished() -> Program {
    Program(
      buffers: buffers, calls: UpdateHoisting.hoisted(calls), inputs: graph.inputs,
      outputTypes: graph.outputs.map { graph[$0].type })
  }

  // MARK: Memory

  /// Where a node lies; numbers known ahead are written to memory when first asked for.
  func view(of id: NodeID) -> View {
    if let view = views[id] { return view }
    let node = graph[id]
    let view = temporary(node.type, label: node.label)
    views[id] = view
    if case .fill(let bits) = node.operation.lowering {
      append(ElementwiseCall.fill(view, with: bits), label: node.label)
    }
    return view
  }

  /// A node's elements one after the other, copied if they are not.
  func contiguous(_ id: NodeID) -> View {
    let view = view(of: id)
    guard !view.isContiguous else { return view }
    let copy = temporary(graph[id].type, label: graph[id].label)
    append(ElementwiseCall.copy(view, to: copy), label: "\(graph[id].label) copy")
    return copy
  }

  func temporary(_ type: TensorType, label: String) -> View {
    View(contiguous: newBuffer(.temporary, type.byteCount, label), type)
  }

  private func memory(for id: NodeID) -> BufferID {
    let kind = direct[id].map(Program.BufferKind.output) ?? .temporary
    return newBuffer(kind, graph[id].type.byteCount, graph[id].label)
  }

  private func buffer(of source: Source, _ node: Node) -> BufferID {
    if let known = sources[source] { return known }
    let kind: Program.BufferKind =
      switch source {
      case .input(let name):
        .input(graph.inputs.firstIndex { $0.name == name } ?? 0)
      case .state(let key): .state(key)
      case .constant(let data): .constant(data)
      }
    let id = newBuffer(kind, node.type.byteCount, node.label)
    sources[source] = id
    return id
  }

  private func newBuffer(_ kind: Program.BufferKind, _ byteCount: Int, _ label: String) -> BufferID
  {
    buffers.append(Program.Buffer(kind: kind, byteCount: byteCount, label: label))
    return BufferID(buffers.count - 1)
  }

  func append(
    _ call: any KernelCall, label: String, writesState: Bool = false, guardName: String? = nil
  ) {
    calls.append(
      Program.Call(
        call: call.streamed(streaming), label: label, writesState: writesState,
        guardName: guardName))
  }
}
