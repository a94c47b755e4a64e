import CPlatform

/// A limit of the CPU time that a process may use: so many microseconds in each period.
///
/// A container of 2.5 CPUs on a machine of 64 sees 64 allowed PUs; 64 busy threads would be stopped
/// for most of every period, all at once.
public struct CPUQuota: Sendable, Equatable, Codable {
  /// CPU time in a period, in microseconds.
  public let microseconds: Int
  /// The period, in microseconds.
  public let period: Int

  /// Makes a limit; `nil` unless both are positive.
  public init?(microseconds: Int, period: Int) {
    guard microseconds > 0, period > 0 else { return nil }
    self.microseconds = microseconds
    self.period = period
  }

  /// How many CPUs that is, such as 2.5.
  public var cpus: Double { Double(microseconds) / Double(period) }

  /// The threads that can use it: `cpus` rounded up.
  public var threads: Int { microseconds / period + (microseconds % period == 0 ? 0 : 1) }

  /// Reads the limit of the control group that this process is in, version 1, 2 or both.
  ///
  /// Every group up to the root may have one; the smallest counts. A container sees its own group
  /// as the root while `selfCgroup` still names the path outside: folders that are not there are
  /// skipped. What cannot be read or understood is no limit: it costs speed, and is no reason to
  /// fail.
  ///
  /// - Parameters:
  ///   - root: Where the cgroup file systems are mounted.
  ///   - selfCgroup: The file that lists the groups of the process, a line `id:controllers:path`
  ///     for each hierarchy.
  /// - Returns: The limit, or `nil` where there is none.
  public static func read(
    root: String = "/sys/fs/cgroup", selfCgroup: String = "/proc/self/cgroup"
  ) -> CPUQuota? {
    var smallest: CPUQuota?
    for line in readText(selfCgroup)?.split(separator: "\n") ?? [] {
      let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard fields.count == 3 else { continue }
      let folders = folders(from: fields[2])
      for mount in mounts(controllers: fields[1]) {
        for folder in folders {
          let place = "\(root)\(mount)\(folder)"
          guard let found = version2(place) ?? version1(place) else { continue }
          if smallest.map({ found.cpus < $0.cpus }) ?? true { smallest = found }
        }
      }
    }
    return smallest
  }

  /// Where the hierarchy with these controllers is mounted, below the root.
  private static func mounts(controllers: Substring) -> [String] {
    // Version 2 has an empty list; it is in a folder of its own beside version 1.
    if controllers.isEmpty { return ["", "/unified"] }
    guard controllers.split(separator: ",").contains("cpu") else { return [] }
    return controllers == "cpu" ? ["/cpu", "/cpu,cpuacct"] : ["/\(controllers)", "/cpu"]
  }

  /// The path of a group and of every group above it; the root is `""`.
  private static func folders(from path: Substring) -> [String] {
    let names = path.split(separator: "/")
    // A group outside of the namespace of the process: only the root can be seen.
    if names.contains("..") { return [""] }
    return (0...names.count).map { count in
      names.prefix(count).map { "/\($0)" }.joined()
    }
  }

  /// `cpu.max` holds `QUOTA PERIOD`; the quota may be `max`.
  private static func version2(_ folder: String) -> CPUQuota? {
    let fields = readText("\(folder)/cpu.max")?.split(whereSeparator: \.isWhitespace) ?? []
    guard fields.count == 2, let quota = Int(fields[0]), let period = Int(fields[1]) else {
      return nil
    }
    return CPUQuota(microseconds: quota, period: period)
  }

  /// Two files; a quota of -1 is none.
  private static func version1(_ folder: String) -> CPUQuota? {
    func number(_ name: String) -> Int? {
      readText("\(folder)/\(name)").flatMap { text in
        text.split(whereSeparator: \.isWhitespace).first.flatMap { Int($0) }
      }
    }
    guard let quota = number("cpu.cfs_quota_us"), let period = number("cpu.cfs_period_us") else {
      return nil
    }
    return CPUQuota(microseconds: quota, period: period)
  }

  private static func readText(_ path: String) -> String? {
    let capacity = 64 << 10
    return withUnsafeTemporaryAllocation(of: CChar.self, capacity: capacity) { buffer in
      let length = tidemill_read_file(path, buffer.baseAddress, capacity)
      guard length >= 0 else { return nil }
      return String(decoding: UnsafeRawBufferPointer(buffer).prefix(length), as: UTF8.self)
    }
  }
}
