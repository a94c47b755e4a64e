// swift-tools-version: 6.1
import PackageDescription

let package = Package(
  name: "Lectures",
  dependencies: [
    .package(name: "tidemill", path: "../..")
  ],
  targets: [
    .executableTarget(
      name: "Lectures", dependencies: [.product(name: "Tidemill", package: "tidemill")])
  ],
  swiftLanguageModes: [.v6]
)
