import Testing
import TidemillTopology

@Suite("The CPU quota is the smallest limit of the control groups")
struct QuotaTests {
  /// What is read where `/proc/self/cgroup` is `groups` and the files are there.
  private func read(_ groups: String, _ files: [String: String]) throws -> CPUQuota? {
    let folder = try TemporaryFolder()
    let groups = try folder.write("self", groups)
    for (name, text) in files { try folder.write("fs/" + name, text) }
    return CPUQuota.read(root: folder.path + "/fs", selfCgroup: groups)
  }

  @Test("Version 2: quota and period, in the group itself")
  func version2() throws {
    let quota = try #require(try read("0::/a/b\n", ["a/b/cpu.max": "250000 100000\n"]))
    #expect(quota.microseconds == 250_000 && quota.period == 100_000)
    #expect(quota.cpus == 2.5 && quota.threads == 3)
  }

  @Test(
    "Version 2: the smallest limit on the way up counts, wherever it is",
    arguments: [
      (
        ["cpu.max": "100000 100000", "a/cpu.max": "200000 100000", "a/b/cpu.max": "max 100000"], 1.0
      ),
      (
        ["cpu.max": "900000 100000", "a/cpu.max": "200000 100000", "a/b/cpu.max": "max 100000"], 2.0
      ),
      (["a/cpu.max": "400000 100000", "a/b/cpu.max": "30000 10000"], 3.0),
      (
        ["a/cpu.max": "max 100000", "a/b/cpu.max": "50000 100000", "a/b/c/cpu.max": "1 100000"], 0.5
      ),
    ])
  func nested(_ files: [String: String], _ cpus: Double) throws {
    #expect(try read("0::/a/b\n", files)?.cpus == cpus)
  }

  @Test(
    "Version 2: max is no limit, and neither is a missing or a malformed file",
    arguments: [
      "max 100000\n", "max\n", "", "\n", "100000", "100000 0", "0 100000", "-5 100000",
      "abc 100000", "100000 abc", "100000 100000 1", "99999999999999999999 100000", "1e5 100000",
    ])
  func noLimit(_ text: String) throws {
    #expect(try read("0::/a\n", ["a/cpu.max": text]) == nil)
    #expect(try read("0::/a\n", ["a/cpu.max": text, "cpu.max": "150000 100000"])?.cpus == 1.5)
  }

  @Test(
    "Version 1: two files, in the hierarchy of the cpu controller only",
    arguments: [
      ("4:cpu,cpuacct:/a\n", "cpu,cpuacct"), ("4:cpu,cpuacct:/a\n", "cpu"), ("4:cpu:/a\n", "cpu"),
      ("4:cpu:/a\n", "cpu,cpuacct"), ("5:memory:/x\n4:cpuacct,cpu:/a\n0::/\n", "cpuacct,cpu"),
    ])
  func version1(_ groups: String, _ mount: String) throws {
    let files = [
      "\(mount)/a/cpu.cfs_quota_us": "150000\n", "\(mount)/a/cpu.cfs_period_us": "50000\n",
      "memory/x/cpu.cfs_quota_us": "1\n", "memory/x/cpu.cfs_period_us": "50000\n",
    ]
    #expect(try read(groups, files)?.cpus == 3)
  }

  @Test("Version 1: -1 is no limit, a parent's limit counts, half a limit does not")
  func version1Nested() throws {
    let parent = ["cpu/a/cpu.cfs_quota_us": "200000", "cpu/a/cpu.cfs_period_us": "100000"]
    let none = ["cpu/a/b/cpu.cfs_quota_us": "-1", "cpu/a/b/cpu.cfs_period_us": "100000"]
    let half = ["cpu/a/b/cpu.cfs_quota_us": "100"]
    let bad = ["cpu/a/b/cpu.cfs_quota_us": "100", "cpu/a/b/cpu.cfs_period_us": "soon"]
    #expect(try read("1:cpu:/a/b\n", none) == nil)
    for files in [none, half, bad] {
      #expect(try read("1:cpu:/a/b\n", parent.merging(files) { $1 })?.cpus == 2)
    }
  }

  @Test("Both versions at once: the smaller limit counts")
  func both() throws {
    let files = [
      "unified/b/cpu.max": "300000 100000",
      "cpu/a/cpu.cfs_quota_us": "200000", "cpu/a/cpu.cfs_period_us": "100000",
    ]
    #expect(try read("1:cpu:/a\n0::/b\n", files)?.cpus == 2)
    #expect(try read("0::/b\n", files)?.cpus == 3)
  }

  @Test("Inside a container the path is the one outside: its root is read all the same")
  func container() throws {
    #expect(try read("0::/docker/0123\n", ["cpu.max": "50000 100000"])?.cpus == 0.5)
    #expect(try read("0::/../../x\n", ["cpu.max": "50000 100000"])?.cpus == 0.5)
  }

  @Test("A path with .. leads nowhere outside of the root")
  func outside() throws {
    let folder = try TemporaryFolder()
    try folder.write("secret/cpu.max", "1 100000")
    try folder.write("fs/x", "")
    let groups = try folder.write("self", "0::/../secret\n")
    #expect(CPUQuota.read(root: folder.path + "/fs", selfCgroup: groups) == nil)
  }

  @Test(
    "Lists of groups that are missing or malformed are no limit",
    arguments: ["", "\n", "::::\n", "0:/a\n", "garbage", "0::\n"])
  func groups(_ text: String) throws {
    #expect(try read(text, ["a/cpu.max": "50000 100000"]) == nil)
    #expect(CPUQuota.read(root: "/nowhere", selfCgroup: "/nowhere/self") == nil)
  }

  @Test("A group name may have colons and spaces")
  func names() throws {
    let quota = try read("0::/a:b/c d\n", ["a:b/c d/cpu.max": "50000 100000"])
    #expect(quota?.cpus == 0.5)
  }

  @Test("Threads are CPUs rounded up, also at the ends of the range")
  func threads() throws {
    #expect(CPUQuota(microseconds: 1, period: .max)?.threads == 1)
    #expect(CPUQuota(microseconds: .max, period: 1)?.threads == .max)
    #expect(CPUQuota(microseconds: .max, period: 2)?.threads == .max / 2 + 1)
    #expect(CPUQuota(microseconds: 0, period: 1) == nil)
    #expect(CPUQuota(microseconds: 1, period: 0) == nil)
    #expect(CPUQuota(microseconds: 1, period: -1) == nil)
  }
}
