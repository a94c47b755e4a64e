import Foundation
import Testing
import Tidemill

/// A file is there whole or not at all, and the old one survives every failure.
@Suite struct AtomicFileTests {
  let old = Array("the old file".utf8)
  let new = Array("a new and longer file".utf8)

  @Test func writesAndReplaces() throws {
    let folder = try TemporaryFolder()
    try AtomicFile.write(old, to: folder("f"))
    #expect(try contents(folder("f")) == old)
    try AtomicFile.write(new, to: folder("f"))
    #expect(try contents(folder("f")) == new)
    try AtomicFile.write([], to: folder("empty"))
    #expect(try contents(folder("empty")) == [])
    #expect(try folder.names == ["empty", "f"])
  }

  @Test func piecesFollowEachOther() throws {
    let folder = try TemporaryFolder()
    try AtomicFile.write(to: folder("f")) { writer in
      for piece in [old, [], new] { try piece.withUnsafeBytes { try writer.append($0) } }
    }
    #expect(try contents(folder("f")) == old + new)
  }

  @Test func interruptedAndShortWritesGoOn() throws {
    let folder = try TemporaryFolder()
    let turn = Turn()
    let calls = FileCalls(write: { descriptor, bytes, count in
      if turn.next() % 2 == 0 { return fail(EINTR) }
      return write(descriptor, bytes, min(count, 3))
    })
    try AtomicFile.write(new, to: folder("f"), calls: calls)
    #expect(try contents(folder("f")) == new)
  }

  static let failures: [(String, FileCalls, Int32)] = [
    ("full at once", FileCalls(write: { _, _, _ in fail(ENOSPC) }), ENOSPC),
    ("full after 5 bytes", FileCalls(write: { fill($0, $1, $2) }), ENOSPC),
    ("nothing taken", FileCalls(write: { _, _, _ in 0 }), EIO),
    ("full on the way to the disk", FileCalls(synchronize: { _ in Int32(fail(EDQUOT)) }), EDQUOT),
    ("no rename", FileCalls(rename: { _, _ in Int32(fail(EROFS)) }), EROFS),
  ]

  @Test(arguments: 0..<failures.count)
  func theOldFileSurvives(index: Int) throws {
    let (name, calls, reason) = Self.failures[index]
    let folder = try TemporaryFolder()
    let path = try folder.file("f", old)
    let error = failure { try AtomicFile.write(new, to: path, calls: calls) }
    #expect(error.code == .file)
    #expect(
      error.message == "\(path): cannot be written: \(String(cString: strerror(reason))). "
        + "A file that was there is unchanged.", "\(name)")
    #expect(try contents(path) == old, "\(name)")
    #expect(try folder.names == ["f"], "\(name): the temporary file must go")
  }

  @Test func anErrorOfTheCallerLeavesNothing() throws {
    let folder = try TemporaryFolder()
    let path = try folder.file("f", old)
    let error = failure {
      try AtomicFile.write(to: path) { writer in
        try new.withUnsafeBytes { try writer.append($0) }
        throw TidemillError(.argument, "changed my mind")
      }
    }
    #expect(error.message == "changed my mind")
    #expect(try contents(path) == old)
    #expect(try folder.names == ["f"])
  }

  @Test func onlyRegularFilesAreReplaced() throws {
    let folder = try TemporaryFolder()
    let isFolder = failure { try AtomicFile.write(new, to: folder.path) }
    #expect(isFolder.message == "\(folder.path): cannot be written: it is a folder.")
    let device = failure { try AtomicFile.write(new, to: "/dev/null") }
    #expect(device.message == "/dev/null: cannot be written: it is no regular file.")
    let missing = failure { try AtomicFile.write(new, to: folder("none/f")) }
    #expect(missing.message.contains("none/f: cannot be written: No such file or directory."))
    #expect(failure { try AtomicFile.write(new, to: "") }.message.contains("is empty"))
  }

  @Test func linksAreFollowedAndPermissionsKept() throws {
    let folder = try TemporaryFolder()
    let path = try folder.file("f", old)
    #expect(chmod(path, 0o640) == 0)
    #expect(symlink(path, folder("link")) == 0)
    try AtomicFile.write(new, to: folder("link"))
    #expect(try contents(path) == new)
    var status = stat()
    #expect(lstat(path, &status) == 0 && status.st_mode & 0o7777 == 0o640)
    #expect(lstat(folder("link"), &status) == 0 && status.st_mode & S_IFMT == S_IFLNK)
  }

  @Test func linksToWhatIsNotThereAreFollowed() throws {
    let folder = try TemporaryFolder()
    try FileManager.default.createDirectory(
      atPath: folder("below"), withIntermediateDirectories: false)
    #expect(symlink("below/second", folder("first")) == 0)
    #expect(symlink("../target", folder("below/second")) == 0)
    try AtomicFile.write(new, to: folder("first"))
    #expect(try contents(folder("target")) == new)
    var status = stat()
    for link in ["first", "below/second"] {
      #expect(lstat(folder(link), &status) == 0 && status.st_mode & S_IFMT == S_IFLNK)
    }
    #expect(symlink(folder("none/f"), folder("astray")) == 0)
    let astray = failure { try AtomicFile.write(new, to: folder("astray")) }
    #expect(astray.message.hasPrefix("\(folder("astray")): cannot be written: No such file"))
    #expect(symlink("circle", folder("circle")) == 0)
    let circle = failure { try AtomicFile.write(new, to: folder("circle")) }
    #expect(
      circle.message
        == "\(folder("circle")): cannot be written: Too many levels of symbolic links.")
  }

  @Test func oneFileHasOneTarget() throws {
    let folder = try TemporaryFolder()
    #expect(symlink(folder.path, folder("here")) == 0)
    #expect(symlink("new", folder("link")) == 0)
    let target = try AtomicFile.target(of: folder("new"))
    #expect(target.hasSuffix("/new"))
    for name in ["./new", "here/new", "here/here/link", "link"] {
      #expect(try AtomicFile.target(of: folder(name)) == target, "\(name)")
    }
    #expect(try AtomicFile.target(of: "/nowhere") == "/nowhere")
  }

  @Test func aCheckFindsWhatAWriteWouldAndLeavesNothing() throws {
    let folder = try TemporaryFolder()
    let path = try folder.file("f", old)
    try AtomicFile.check(path)
    try AtomicFile.check(folder("new"))
    #expect(try contents(path) == old)
    #expect(try folder.names == ["f"])
    for wrong in [folder.path, folder("none/f"), "/dev/full", "", "/proc/tidemill"] {
      let checked = failure { try AtomicFile.check(wrong) }
      #expect(checked.code == .file)
      #expect(checked == failure { try AtomicFile.write(new, to: wrong) })
    }
    let long = failure { try AtomicFile.check(folder(String(repeating: "x", count: 256))) }
    #expect(long.message.hasSuffix("x: cannot be written: File name too long."))
  }
}

/// Fails a system call.
private func fail(_ reason: Int32) -> Int {
  errno = reason
  return -1
}

/// A disk with room for five bytes a file.
private func fill(_ descriptor: Int32, _ bytes: UnsafeRawPointer, _ count: Int) -> Int {
  let place = Int(lseek(descriptor, 0, SEEK_CUR))
  return place >= 5 ? fail(ENOSPC) : write(descriptor, bytes, min(count, 5 - place))
}

/// Counts calls. Unchecked: one test, one thread.
private final class Turn: @unchecked Sendable {
  private var count = 0

  func next() -> Int {
    count += 1
    return count
  }
}
