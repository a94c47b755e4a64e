import TidemillGraph

/// How a golden is made here, and how near to it the numbers must be.
struct GoldenOperation: Sendable {
  typealias Build = @Sendable (_ x: [Value], _ p: [Double]) -> Value

  let tolerance: GoldenTolerance
  let build: @Sendable (GraphBuilder, _ x: [Value], _ p: [Double], _ name: String) -> Value

  init(_ tolerance: GoldenTolerance = .exact, _ build: @escaping Build) {
    self.tolerance = tolerance
    self.build = { _, x, p, _ in build(x, p) }
  }

  /// With what makes values of nothing, and the name, which may be a formula.
  init(
    _ tolerance: GoldenTolerance = .exact,
    from build: @escaping @Sendable (GraphBuilder, [Value], [Double], String) -> Value
  ) {
    self.tolerance = tolerance
    self.build = build
  }

  /// By the name of the function; a second word tells forms of it apart.
  static let all: [String: GoldenOperation] = [
    functions, binary, comparisons, reductions, layouts, products, derivatives, random,
  ].reduce(into: [:]) { $0.merge($1) { first, _ in first } }

  /// Of a case, with operands that are inputs of `graph`.
  static func record(_ golden: Golden, _ graph: GraphBuilder, _ x: [Value]) -> Value? {
    all[golden.operation]?.build(graph, x, golden.parameters, golden.name)
  }
}

extension Sequence<Double> {
  var axes: [Int] { map { Int($0) } }
  var shape: Shape { Shape(axes) }
}

extension GoldenOperation {
  /// Of one value, and of a value and numbers.
  private static let functions: [String: GoldenOperation] = [
    "prefix -": .init { x, _ in -x[0] },
    "abs": .init { x, _ in x[0].abs() },
    "sign": .init { x, _ in x[0].sign() },
    "floor": .init { x, _ in x[0].floor() },
    "rounded": .init { x, _ in x[0].rounded() },
    "squared": .init { x, _ in x[0].squared() },
    "relu": .init(.equal) { x, _ in x[0].relu() },
    "leakyRelu": .init { x, p in x[0].leakyRelu(slope: p[0]) },
    "clamped": .init(.equal) { x, p in x[0].clamped(from: p[0], to: p[1]) },
    "stoppingGradient": .init { x, _ in x[0].stoppingGradient() },
    "cast": .init { x, p in x[0].cast(to: DType.all[Int(p[0])]) },
    "sqrt": .init { x, _ in x[0].sqrt() },
    "rsqrt": .init(.function(1.6)) { x, _ in x[0].rsqrt() },
    "exp": .init(.function(1.1)) { x, _ in x[0].exp() },
    "expm1": .init(.function(1.5)) { x, _ in x[0].expm1() },
    "log": .init(.function(1)) { x, _ in x[0].log() },
    "log1p": .init(.function(1.5)) { x, _ in x[0].log1p() },
    "sin": .init(.function(1.6)) { x, _ in x[0].sin() },
    "cos": .init(.function(1.6)) { x, _ in x[0].cos() },
    "erf": .init(.function(1.2)) { x, _ in x[0].erf() },
    "tanh": .init(.function(1.5)) { x, _ in x[0].tanh() },
    "sigmoid": .init(.function(1.8)) { x, _ in x[0].sigmoid() },
    "softplus": .init(.function(1.8)) { x, _ in x[0].softplus() },
    "elu": .init(.function(2.6)) { x, p in x[0].elu(alpha: p[0]) },
    "selu": .init(.function(3.6)) { x, _ in x[0].selu() },
    "silu": .init(.function(2)) { x, _ in x[0].silu() },
    "gelu": .init(.function(0.6)) { x, _ in x[0].gelu() },
    "geluTanh": .init(.function(2)) { x, _ in x[0].geluTanh() },
    "power number": .init(.function(0.6)) { x, p in x[0].power(p[0]) },
    "+ number": .init { x, p in x[0] + p[0] },
    "number +": .init { x, p in p[0] + x[0] },
    "- number": .init { x, p in x[0] - p[0] },
    "number -": .init { x, p in p[0] - x[0] },
    "* number": .init { x, p in x[0] * p[0] },
    "number *": .init { x, p in p[0] * x[0] },
    "/ number": .init { x, p in x[0] / p[0] },
    "number /": .init { x, p in p[0] / x[0] },
  ]

  /// Of two values.
  private static let binary: [String: GoldenOperation] = [
    "+": .init { x, _ in x[0] + x[1] },
    "-": .init { x, _ in x[0] - x[1] },
    "*": .init { x, _ in x[0] * x[1] },
    "/": .init { x, _ in x[0] / x[1] },
    "max": .init(.equal) { x, _ in max(x[0], x[1]) },
    "min": .init(.equal) { x, _ in min(x[0], x[1]) },
    "power": .init(.function(0.6)) { x, _ in power(x[0], x[1]) },
  ]

  /// Comparisons, logic and choices.
  private static let comparisons: [String: GoldenOperation] = [
    ".==": .init { x, _ in x[0] .== x[1] },
    ".!=": .init { x, _ in x[0] .!= x[1] },
    ".<": .init { x, _ in x[0] .< x[1] },
    ".<=": .init { x, _ in x[0] .<= x[1] },
    ".>": .init { x, _ in x[0] .> x[1] },
    ".>=": .init { x, _ in x[0] .>= x[1] },
    ".&": .init { x, _ in x[0] .& x[1] },
    ".|": .init { x, _ in x[0] .| x[1] },
    "prefix .!": .init { x, _ in .!x[0] },
    "select": .init { x, _ in select(x[0], x[1], x[2]) },
  ]

  /// Over axes.
  private static let reductions: [String: GoldenOperation] = [
    "sum": .init(.sum) { x, p in x[0].sum(axes: p.axes) },
    "sum keeping": .init(.sum) { x, p in x[0].sum(axes: p.axes, keepingAxes: true) },
    "mean": .init(.sum) { x, p in x[0].mean(axes: p.axes) },
    "mean keeping": .init(.sum) { x, p in x[0].mean(axes: p.axes, keepingAxes: true) },
    "max over": .init(.equal) { x, p in x[0].max(axes: p.axes) },
    "max over keeping": .init(.equal) { x, p in x[0].max(axes: p.axes, keepingAxes: true) },
    "min over": .init(.equal) { x, p in x[0].min(axes: p.axes) },
    "min over keeping": .init(.equal) { x, p in x[0].min(axes: p.axes, keepingAxes: true) },
    "variance": .init(.sum) { x, p in x[0].variance(axes: p.axes) },
    "variance keeping": .init(.sum) { x, p in x[0].variance(axes: p.axes, keepingAxes: true) },
    "variance unbiased": .init(.sum) { x, p in x[0].variance(axes: p.axes, correction: 1) },
    "norm": .init(.sum) { x, p in x[0].norm(axes: p.axes) },
    "norm keeping": .init(.sum) { x, p in x[0].norm(axes: p.axes, keepingAxes: true) },
    "product": .init(.product) { x, p in x[0].product(axes: p.axes) },
    "product keeping": .init(.product) { x, p in x[0].product(axes: p.axes, keepingAxes: true) },
    "cumulativeSum": .init(.sum) { x, p in x[0].cumulativeSum(axis: Int(p[0])) },
    "argmax": .init { x, p in x[0].argmax(axis: Int(p[0])) },
    "argmin": .init { x, p in x[0].argmin(axis: Int(p[0])) },
    // The rounding of x - max, up to 8 here, is 4 ulp of the result on each side.
    "softmax": .init(GoldenTolerance(float32: 8, float64: 8)) { x, p in
      x[0].softmax(axis: Int(p[0]))
    },
    "logSoftmax": .init(.cancelling) { x, p in x[0].logSoftmax(axis: Int(p[0])) },
    "logSumExp": .init(.cancelling) { x, p in x[0].logSumExp(axis: Int(p[0])) },
    "layerNorm": .init(.sum) { x, p in
      x[0].layerNorm(
        gain: x.count > 1 ? x[1] : nil, bias: x.count > 2 ? x[2] : nil, epsilon: p[0])
    },
    "layerNorm bias": .init(.sum) { x, p in x[0].layerNorm(bias: x[1], epsilon: p[0]) },
    "rmsNorm": .init(.sum) { x, p in
      x[0].rmsNorm(gain: x.count > 1 ? x[1] : nil, epsilon: p[0])
    },
  ]

  /// Numbers that move.
  private static let layouts: [String: GoldenOperation] = [
    "reshaped": .init { x, p in moving(x[0]).reshaped(to: p.shape) },
    "transposed": .init { x, p in moving(x[0]).transposed(p.axes) },
    "transposed all": .init { x, _ in moving(x[0]).transposed() },
    "matrixTransposed": .init { x, _ in moving(x[0]).matrixTransposed() },
    "broadcast": .init { x, p in moving(x[0]).broadcast(to: p.shape) },
    "slice": .init { x, p in
      let axes = p.count / 3
      let ranges = (0..<axes).map { Int(p[$0])..<Int(p[axes + $0]) }
      return moving(x[0]).slice(ranges, steps: p.suffix(axes).map { Int($0) })
    },
    "slice axis": .init { x, p in moving(x[0]).slice(axis: Int(p[0]), Int(p[1])..<Int(p[2])) },
    "padded": .init { x, p in
      moving(x[0]).padded(
        stride(from: 0, to: p.count, by: 2).map { (before: Int(p[$0]), after: Int(p[$0 + 1])) })
    },
    "concatenate": .init { x, p in
      x[0].builder.concatenate([moving(x[0])] + x.dropFirst(), axis: Int(p[0]))
    },
    "stack": .init { x, p in
      x[0].builder.stack([moving(x[0])] + x.dropFirst(), axis: Int(p[0]))
    },
    "split": .init { x, p in
      moving(x[0]).split(p.dropFirst(2).map { Int($0) }, axis: Int(p[0]))[Int(p[1])]
    },
    "split into": .init { x, p in
      moving(x[0]).split(into: Int(p[2]), axis: Int(p[0]))[Int(p[1])]
    },
    "gather": .init { x, p in (p[0] == 0 ? moving(x[0]) : x[0]).gather(x[1], axis: Int(p[0])) },
    "scatterAdded": .init(.sum) { x, p in
      (p[0] == 0 ? moving(x[0]) : x[0]).scatterAdded(
        at: x[1], axis: Int(p[0]), entries: Int(p[1]))
    },
    "oneHot": .init { x, p in x[0].oneHot(Int(p[0]), DType.all[Int(p[1])]) },
    "iota": .init(from: { graph, _, p, _ in
      graph.iota(p.dropFirst(2).shape, axis: Int(p[0]), DType.all[Int(p[1])])
    }),
  ]

  /// Squares of floating-point numbers, so that gradients depend on where they come from; others as they are.
  private static func moving(_ x: Value) -> Value { x.dtype.isFloatingPoint ? x.squared() : x }

  private static let products: [String: GoldenOperation] = [
    "matmul": .init(.sum) { x, _ in x[0].matmul(x[1]) },
    "einsum": .init(
      .sum,
      from: { graph, x, _, name in
        let formula = String(name.dropFirst("einsum ".count))
        return x.count == 1 ? graph.einsum(formula, x[0]) : graph.einsum(formula, x[0], x[1])
      }),
    "softmaxCrossEntropyPerRow": .init(.cancelling) { x, _ in
      softmaxCrossEntropyPerRow(x[0], labels: x[1])
    },
  ]

  private static let derivatives: [String: GoldenOperation] = [
    "gradient": .init(.sum) { x, _ in
      x[0].builder.gradient(of: (x[0].tanh() * x[0]).product(), withRespectTo: x)[0]
    },
    "pullback": .init(.sum) { x, _ in
      let result = x[0].softmax() * x[0].cumulativeSum(axis: 0)
      return x[0].builder.pullback(of: result, cotangent: x[1], to: [x[0]])[0]
    },
    "jacobian": .init(.sum) { x, _ in
      x[0].builder.jacobian(of: (x[0].tanh() * x[0].sum()).softmax(), withRespectTo: x[0])
    },
    "hessianVectorProduct": .init(.sum) { x, _ in
      let result = x[0].tanh().product() + (x[0] * x[0].exp()).sum()
      return x[0].builder.hessianVectorProduct(of: result, withRespectTo: [x[0]], along: [x[1]])[0]
    },
    "pushforward": .init(.sum) { x, _ in
      let result = x[0].softmax() * x[0].cumulativeSum(axis: 0)
      return x[0].builder.pushforward(of: result, tangents: [x[1]], from: [x[0]])
    },
  ]

  /// Of seed ``GoldenTests/seed``, in the first step.
  private static let random: [String: GoldenOperation] = [
    "uniform": .init(from: { graph, _, p, _ in
      graph.uniform(p.dropFirst().shape, DType.all[Int(p[0])])
    }),
    "normal": .init(
      GoldenTolerance(float32: 32, float64: 32, scale: 1),
      from: { graph, _, p, _ in graph.normal(p.dropFirst().shape, DType.all[Int(p[0])]) }),
    "truncatedNormal": .init(
      .sum,
      from: { graph, _, p, _ in
        graph.truncatedNormal(p.dropFirst().shape, DType.all[Int(p[0])])
      }),
    "bernoulli number": .init(from: { graph, _, p, _ in
      graph.bernoulli(p[0], p.dropFirst().shape)
    }),
    "bernoulli": .init { x, _ in x[0].builder.bernoulli(x[0]) },
    "permutation": .init(from: { graph, _, p, _ in graph.permutation(Int(p[0])) }),
    "dropout": .init(.function(1)) { x, p in x[0].dropout(p[0]) },
    "dropout inference": .init { x, p in x[0].dropout(p[0], isTraining: false) },
  ]
}
