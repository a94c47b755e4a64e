import Foundation

/// The target that the variable `FUZZ_TARGET` of the environment names.
private let target: FuzzTarget = {
  let name = ProcessInfo.processInfo.environment["FUZZ_TARGET"] ?? ""
  guard let target = FuzzTarget(name) else {
    let names = FuzzTarget.all.map(\.name).joined(separator: ", ")
    print("FUZZ_TARGET is '\(name)', and must be one of \(names).")
    exit(2)
  }
  return target
}()

/// What libFuzzer calls first.
@_cdecl("LLVMFuzzerInitialize")
public func initializeFuzzer(_: UnsafeMutableRawPointer, _: UnsafeMutableRawPointer) -> CInt {
  _ = target
  return 0
}

/// What libFuzzer calls with each input; ends the process where something does not hold.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  do {
    try target.check(Array(UnsafeBufferPointer(start: bytes, count: count)))
  } catch {
    FileHandle.standardError.write(Data("\(target.name): \(error)\n".utf8))
    abort()
  }
  return 0
}
