import CTestSupport
import Testing
import Tidemill

/// A loader in a process that was forked from the one that made it.
@Suite struct DataLoaderForkTests {
  /// What a forked child does with its parent's loader, whose thread it has not.
  private final class ForkBody {
    var loader: DataLoader?

    init(_ loader: DataLoader) { self.loader = loader }

    func run() -> Int32 {
      do { _ = try loader?.next() } catch let error as TidemillError {
        loader = nil
        return error.message.contains("does not come along with a fork") ? 0 : 1
      } catch { return 2 }
      return 3
    }
  }

  @Test(.enabled(if: !ctest_sanitized()), .timeLimit(.minutes(1)))
  func aForkHasNoThread() throws {
    let samples = try Dataset(
      name: "set", images: Tensor(zeros: [40, 3]), labels: Tensor(zeros: [40], .int32), classes: 1,
      imageHeight: 1, imageWidth: 3)
    let body = try ForkBody(DataLoader(samples.batches(of: 4), ahead: 2))
    _ = try body.loader?.next()
    let status = ctest_fork(
      { argument in
        guard let argument else { return 9 }
        return Unmanaged<ForkBody>.fromOpaque(argument).takeUnretainedValue().run()
      }, Unmanaged.passUnretained(body).toOpaque(), 20)
    #expect(status == 0)
    #expect(try body.loader?.next()?.indices.startIndex == 4)
  }
}
