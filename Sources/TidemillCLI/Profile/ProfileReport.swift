import Tidemill

/// What JSON says about a profile.
struct ProfileReport: Encodable {
  let workload: String
  let threads: Int
  let steps: Int
  let stepMs: Double
  let wallSeconds: Double
  let busySeconds: Double
  let utilization: Double
  let droppedTasks: Int
  let tasks: Int
  let criticalPathSeconds: Double
  let overheadSeconds: Double
  let overheadShare: Double
  let idleSeconds: Double
  let idleShare: Double
  let stolenTasks: Int
  let stolenShare: Double
  let stolenSeconds: Double
  let limit: RunLimit.Kind
  let limitSentence: String
  /// Bytes a second, where it was measured.
  let memoryBandwidth: Double?
  let operations: [RunProfile.Row]

  init(workload: String, profile: RunProfile, limit: RunLimit, bandwidth: Double?) {
    self.workload = workload
    threads = profile.threads
    steps = profile.runs
    stepMs = profile.wallSeconds / Double(max(profile.runs, 1)) * 1e3
    wallSeconds = profile.wallSeconds
    busySeconds = profile.busySeconds
    utilization = profile.utilization
    droppedTasks = profile.droppedTasks
    tasks = profile.taskCount
    criticalPathSeconds = profile.criticalPathSeconds
    overheadSeconds = profile.overheadSeconds
    overheadShare = profile.overheadShare
    idleSeconds = profile.idleSeconds
    idleShare = profile.idleShare
    stolenTasks = profile.stolenTasks
    stolenShare = profile.stolenShare
    stolenSeconds = profile.stolenSeconds
    self.limit = limit.kind
    limitSentence = limit.sentence
    memoryBandwidth = bandwidth
    operations = profile.rows
  }
}
