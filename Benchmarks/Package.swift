// swift-tools-version: 6.1
import PackageDescription

// A package of its own, so that the library does not depend on what measures it.
let benchmark: [Target.Dependency] = [
  .product(name: "Benchmark", package: "benchmark"),
  .product(name: "Tidemill", package: "tidemill"),
]
let plugin: [Target.PluginUsage] = [
  .plugin(name: "BenchmarkPlugin", package: "benchmark")
]

let package = Package(
  name: "Benchmarks",
  platforms: [.macOS(.v15)],
  dependencies: [
    .package(name: "tidemill", path: ".."),
    // Without its traits: they replace the allocator, which the engine does not use while it runs.
    .package(
      url: "https://github.com/ordo-one/benchmark", exact: "1.38.1", traits: []),
  ],
  targets: [
    .executableTarget(name: "Gemm", dependencies: benchmark, path: "Gemm", plugins: plugin),
    .executableTarget(
      name: "Elementwise", dependencies: benchmark, path: "Elementwise", plugins: plugin),
    .executableTarget(
      name: "Workloads", dependencies: benchmark, path: "Workloads", plugins: plugin),
  ],
  swiftLanguageModes: [.v6]
)
