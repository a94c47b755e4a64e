// The names are those of the format.

struct ChromeTrace: Encodable {
  let displayTimeUnit: String
  let traceEvents: [ChromeEvent]
}

struct ChromeEvent: Encodable {
  let name: String
  /// X is an event with a duration, M says something about a row, C is a number from a moment on, s and f are the
  /// two ends of an arrow.
  let ph: String
  let tid: Int
  var ts: Double?
  var dur: Double?
  var cat: String?
  var id: Int?
  /// `e` makes an arrow end at the bar that is open then, and not at the next one.
  var bp: String?
  var args: ChromeArguments?
  var pid = 1
}

extension ChromeEvent {
  init(worker: Int, named name: String) {
    self.init(name: "thread_name", ph: "M", tid: worker, args: ChromeArguments(name: name))
  }

  init(counter name: String, ts: Double, args: ChromeArguments) {
    self.init(name: name, ph: "C", tid: 0, ts: ts, args: args)
  }

  /// - Parameter ph: `s` where it starts, `f` where it ends.
  init(arrow id: Int, ph: String, tid: Int, ts: Double) {
    self.init(
      name: "waited for", ph: ph, tid: tid, ts: ts, cat: "edge", id: id, bp: ph == "f" ? "e" : nil)
  }
}

struct ChromeArguments: Encodable {
  var name: String?
  var kernel: String?
  var call: Int?
  var task: Int?
  var run: Int?
  /// The worker that a task was planned for, where another one ran it.
  var home: Int?
  /// Of the counter of ready tasks.
  var tasks: Int?
  /// Of the counter of the arena.
  var bytes: Int?
}
