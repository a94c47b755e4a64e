/// What a cost model knows of a machine, each in seconds for one of something.
///
/// Raw values are the names in calibration files.
package enum CostConstant: String, CaseIterable, Sendable {
  /// A multiply-add of a float32 product of depth 32 and more.
  case productDeep = "product_deep"
  /// Of one of depth 8.
  case productShallow = "product_shallow"
  /// Of one with few columns.
  case productNarrow = "product_narrow"
  /// Of a row times a matrix.
  case productRow = "product_row"
  /// Of a deep product of float64.
  case productFloat64 = "product_float64"
  /// Of a deep product of bfloat16.
  case productBFloat16 = "product_bfloat16"

  /// A scalar function of an element of four bytes, by `FunctionClass`.
  case functionSimple = "function_simple"
  case functionRoot = "function_root"
  case functionExponential = "function_exponential"
  case functionCompound = "function_compound"
  case functionGaussian = "function_gaussian"
  case functionPower = "function_power"
  /// The beginning of a row, in kernels that go by rows.
  case row = "row"

  /// Entering and leaving a kernel, by `Work.Kind`.
  case callProduct = "call_product"
  case callElementwise = "call_elementwise"
  case callReduction = "call_reduction"
  case callRows = "call_rows"
  case callCheck = "call_check"
  case callOther = "call_other"

  /// A byte that is read or written one after the other, from where it lies.
  case streamL2 = "stream_l2"
  case streamL3 = "stream_l3"
  case streamMemory = "stream_memory"
  /// What a byte adds to a product that has enough to compute, over one in L2.
  case productL3 = "product_l3"
  case productMemory = "product_memory"
  /// A byte that another core wrote last.
  case coreByte = "core_byte"
  /// A byte of the memory of another NUMA node in the same package, and of another package.
  case memorySamePackage = "memory_same_package"
  case memoryApart = "memory_apart"

  /// From the end of a task to the start of one that waits for it on another core: by distance.
  case handOverSharedCache = "hand_over_shared_cache"
  case handOverSameNode = "hand_over_same_node"
  case handOverSamePackage = "hand_over_same_package"
  case handOverApart = "hand_over_apart"

  /// What the scheduler does for a task.
  case task = "task"
  /// What a run takes beside its tasks, on the caller's thread.
  case run = "run"
  /// What it takes in addition to bring in other threads, and to see them leave.
  case sharedRun = "shared_run"

  /// Of one core of a Zen 5 at 4 GHz with AVX-512, near to its neighbour; what is not measured there (NUMA) is that of an
  /// EPYC of two sockets, roughly.
  package var standard: Double {
    switch self {
    case .productDeep: 8.7e-12
    case .productShallow: 10e-12
    case .productNarrow: 16.5e-12
    case .productRow: 15e-12
    case .productFloat64: 17.5e-12
    case .productBFloat16: 5e-12
    case .functionSimple: 20e-12
    case .functionRoot: 150e-12
    case .functionExponential: 350e-12
    case .functionCompound: 700e-12
    case .functionGaussian: 1000e-12
    case .functionPower: 1500e-12
    case .row: 25e-9
    case .callProduct: 40e-9
    case .callElementwise: 60e-9
    case .callReduction: 20e-9
    case .callRows: 30e-9
    case .callCheck: 5e-9
    case .callOther: 60e-9
    case .streamL2: 8e-12
    case .streamL3: 14e-12
    case .streamMemory: 40e-12
    case .productL3: 12e-12
    case .productMemory: 30e-12
    case .coreByte: 100e-12
    case .memorySamePackage: 80e-12
    case .memoryApart: 120e-12
    case .handOverSharedCache: 0.3e-6
    case .handOverSameNode: 0.4e-6
    case .handOverSamePackage: 0.5e-6
    case .handOverApart: 0.8e-6
    case .task: 15e-9
    case .run: 0.2e-6
    case .sharedRun: 0.5e-6
    }
  }
  /// Whether it depends on a core alone, and not on what lies between cores and memory.
  var isArithmetic: Bool {
    switch self {
    case .productDeep, .productShallow, .productNarrow, .productRow, .productFloat64,
      .productBFloat16, .functionSimple, .functionRoot, .functionExponential, .functionCompound,
      .functionGaussian, .functionPower, .row, .callProduct, .callElementwise, .callReduction,
      .callRows, .callCheck, .callOther:
      true
    case .streamL2, .streamL3, .streamMemory, .productL3, .productMemory, .coreByte,
      .memorySamePackage, .memoryApart, .handOverSharedCache, .handOverSameNode,
      .handOverSamePackage, .handOverApart, .task, .run, .sharedRun:
      false
    }
  }
}
