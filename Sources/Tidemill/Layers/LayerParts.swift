import TidemillGraph

extension Layer {
  /// Records the layer as a part of a larger one: in a scope of its name, by which errors, profiles and summaries
  /// call it.
  ///
  /// ```swift
  /// func callAsFunction(_ x: Value, _ mode: Mode) -> Value {
  ///   left.recorded(as: "left", x, mode) + right.recorded(as: "right", x, mode)
  /// }
  /// var namedParameters: [NamedParameter] {
  ///   left.namedParameters(as: "left") + right.namedParameters(as: "right")
  /// }
  /// ```
  ///
  /// - Parameters:
  ///   - name: Distinct within the larger layer.
  ///   - input: What comes in.
  ///   - mode: That of the larger layer.
  public func recorded(as name: String, _ input: Value, _ mode: Mode) -> Value {
    input.builder.scope(name) { recordedAsLayer(input, mode) }
  }

  /// Records the layer so that summaries and figures find it.
  func recordedAsLayer(_ input: Value, _ mode: Mode) -> Value {
    var inner: any Layer = self
    while let wrapper = inner as? any LayerWrapper { inner = wrapper.layer }
    return input.builder.recordLayer(
      "\(type(of: inner))", isActivation: inner is any ActivationLayer, parameters, input
    ) { self(input, mode) }
  }

  /// The layer's parameters as those of a part of a larger layer: with its name and a dot in front.
  public func namedParameters(as name: String) -> [NamedParameter] {
    namedParameters.map {
      NamedParameter("\(name).\($0.name)", $0.parameter, isTrainable: $0.isTrainable)
    }
  }
}

/// A layer that says something of another one and computes the same.
protocol LayerWrapper: Layer {
  var layer: any Layer { get }
}

extension [any Layer] {
  /// With each layer the name that it has here: its own, or its number.
  var named: [(name: String, layer: any Layer)] {
    enumerated().map { ($1.name ?? "\($0)", $1) }
  }

  /// The parameters of all layers.
  var namedParameters: [NamedParameter] {
    named.flatMap { name, layer in layer.namedParameters(as: name) }
  }

  /// Diagnoses names that cannot be told from others: in parameters' names dots are between names, in scopes slashes.
  func checkNames(_ container: String, in graph: GraphBuilder) {
    var seen: Set<String> = []
    for (name, _) in named {
      if name.isEmpty || name.contains(".") || name.contains("/") {
        graph.diagnose(
          "\(container): a layer has the name '\(name)'; names must not be empty or have dots or slashes in them."
        )
      } else if !seen.insert(name).inserted {
        graph.diagnose("\(container): two layers have the name '\(name)'; give one another.")
      }
    }
  }
}
