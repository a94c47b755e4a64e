import Foundation
import Tidemill

/// Every system by its name, in the order of docs/systems.
let systems: [(name: String, run: (Report) throws -> Void)] = [
  ("perceptron", perceptron),
  ("linear-predictors", linearPredictors),
  ("basis-functions", basisFunctions),
  ("weight-decay", weightDecay),
  ("digit-classifier", digitClassifier),
  ("activations", activations),
  ("linear-units", linearUnits),
  ("momentum", momentum),
  ("optimizers", optimizers),
  ("initialization", initialization),
  ("deep-gradients", deepGradients),
  ("decay-path", decayPath),
]

let names = CommandLine.arguments.dropFirst()
let chosen = names == ["all"] ? systems : systems.filter { names.contains($0.name) }
guard !names.isEmpty, names == ["all"] || chosen.count == names.count else {
  print("usage: Lectures all | NAME...    writes pictures to the folder pictures/")
  print("  " + systems.map(\.name).joined(separator: "\n  "))
  exit(2)
}
try FileManager.default.createDirectory(atPath: "pictures", withIntermediateDirectories: true)
var misses = 0
for system in chosen {
  print("== \(system.name)")
  let report = Report(folder: "pictures")
  do {
    try system.run(report)
  } catch let error as TidemillError where error.code == .data && names == ["all"] {
    print("skipped: \(error.message)")
  } catch {
    print("failed: \(error)")
    misses += 1
  }
  misses += report.misses
}
exit(misses > 0 ? 1 : 0)
