import Tidemill
import TidemillPlanning

extension TaskGraphFile {
  /// The problem of these tasks on a number of processors.
  ///
  /// - Throws: `plan` where tasks wait for each other in a circle, or times are too long.
  func problem(processors: Int, path: String) throws -> ScheduleProblem {
    do {
      return try ScheduleProblem(
        times: times, predecessors: predecessors, processors: processors)
    } catch let error as TidemillError {
      throw TidemillError(error.code, "\(path): \(error.message)")
    }
  }
}
