// swift-tools-version: 6.1
import PackageDescription

let package = Package(
  name: "tidemill",
  products: [
    .library(name: "Tidemill", targets: ["Tidemill"]),
    .executable(name: "tidemill", targets: ["TidemillCLI"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.6.0"),
    .package(url: "https://github.com/apple/swift-crypto", "3.12.0"..<"5.0.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.4.0"),
  ],
  targets: [
    // System libraries and C, from the bottom up.
    .systemLibrary(name: "CHwloc", pkgConfig: "hwloc", providers: [.apt(["libhwloc-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CLibpng", pkgConfig: "libpng", providers: [.apt(["libpng-dev"])]),
    .target(name: "CPNG", dependencies: ["CLibpng"]),
    .target(name: "CKernels"),
    .target(name: "CPlatform"),

    // The engine, one module a stage.
    .target(name: "TidemillGraph", dependencies: ["CKernels"]),
    .target(
      name: "TidemillTopology",
      dependencies: ["CHwloc", "CPlatform", "TidemillGraph"]),
    .target(name: "TidemillPlanning", dependencies: ["TidemillGraph"]),
    .target(
      name: "TidemillCompiler",
      dependencies: ["TidemillPlanning", "TidemillTopology", "TidemillGraph", "CKernels"]),
    .target(
      name: "TidemillRuntime",
      dependencies: [
        "TidemillCompiler", "TidemillTopology", "TidemillGraph", "CKernels", "CPlatform",
        .product(name: "Logging", package: "swift-log"),
      ]),
    .target(
      name: "Tidemill",
      dependencies: [
        "TidemillRuntime", "TidemillCompiler", "TidemillTopology", "TidemillGraph", "CKernels",
        "CPlatform", "CPNG", "CZlib",
      ],
      resources: [
        .copy("Data/Resources/digits.csv.gz"), .copy("Data/Resources/DIGITS-ATTRIBUTION.md"),
      ]),
    .executableTarget(
      name: "TidemillCLI",
      dependencies: [
        "Tidemill", "TidemillPlanning", "TidemillCompiler", "TidemillTopology", "CPlatform",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "Yams", package: "Yams"),
      ]),

    // Tests, one target a source target, on what they share.
    .target(
      name: "TidemillTestSupport",
      dependencies: [
        "Tidemill", "TidemillRuntime", "TidemillCompiler", "TidemillGraph", "CKernels",
      ],
      path: "Tests/TidemillTestSupport"),
    .target(name: "CTestSupport", path: "Tests/CTestSupport"),
    .testTarget(name: "CKernelsTests", dependencies: ["CKernels"]),
    .testTarget(
      name: "TidemillTopologyTests",
      dependencies: ["TidemillTopology", "TidemillGraph", "CPlatform"],
      resources: [.copy("Fixtures")]),
    .testTarget(
      name: "TidemillGraphTests",
      dependencies: ["TidemillGraph", "TidemillCompiler", "Tidemill", "TidemillTestSupport"],
      resources: [.copy("Goldens")]),
    .testTarget(
      name: "TidemillPlanningTests", dependencies: ["TidemillPlanning", "TidemillGraph"],
      resources: [.copy("Fixtures")]),
    .testTarget(
      name: "TidemillCompilerTests",
      dependencies: [
        "TidemillCompiler", "TidemillTopology", "TidemillGraph", "Tidemill", "TidemillTestSupport",
      ]),
    .testTarget(
      name: "TidemillRuntimeTests",
      dependencies: [
        "TidemillRuntime", "TidemillCompiler", "TidemillTopology", "TidemillGraph", "CKernels",
        "CPlatform", "CTestSupport",
      ]),
    .testTarget(
      name: "TidemillTests",
      dependencies: [
        "Tidemill", "TidemillRuntime", "TidemillCompiler", "TidemillTopology", "TidemillGraph",
        "TidemillTestSupport", "CTestSupport", "CZlib",
      ],
      resources: [.copy("Goldens")]),
    .testTarget(
      name: "TidemillCLITests",
      dependencies: [
        "TidemillCLI", "Tidemill",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),

    // What any bytes are thrown at: by libFuzzer (make fuzz), and from the corpus as a test.
    .target(
      name: "TidemillFuzz",
      dependencies: [
        "Tidemill", "TidemillPlanning", "TidemillTopology", "TidemillGraph", "CHwloc", "CZlib",
      ],
      path: "Tests/Fuzz/Targets"),
    .testTarget(
      name: "TidemillFuzzTests", dependencies: ["TidemillFuzz"], path: "Tests/Fuzz/Replay",
      resources: [.copy("Corpus")]),
  ],
  swiftLanguageModes: [.v6],
  cLanguageStandard: .c17
)
