// swift-tools-version: 6.1
import PackageDescription

let package = Package(
  name: "Embedding",
  dependencies: [
    .package(name: "tidemill", path: "../..")
  ],
  targets: [
    .executableTarget(
      name: "Embedding", dependencies: [.product(name: "Tidemill", package: "tidemill")])
  ],
  swiftLanguageModes: [.v6]
)
