import ArgumentParser
import Tidemill

extension LearningOptions {
  /// Numbers of schedules, each for some of them.
  var ofSchedules: [TrainingChange?] {
    [
      TrainingChange("--schedule-epochs", scheduleEpochs, isAlone: false) { plan, epochs in
        guard case .step(_, let factor) = plan.options.schedule else {
          throw Self.wrong("--schedule-epochs", "step")
        }
        plan.options.schedule = .step(epochs: epochs, factor: factor)
      },
      TrainingChange("--schedule-factor", scheduleFactor, isAlone: false) { plan, factor in
        switch plan.options.schedule {
        case .step(let epochs, _): plan.options.schedule = .step(epochs: epochs, factor: factor)
        case .exponential: plan.options.schedule = .exponential(factor: factor)
        default: throw Self.wrong("--schedule-factor", "step and exponential")
        }
      },
      TrainingChange("--schedule-last", scheduleLast, isAlone: false) { plan, last in
        switch plan.options.schedule {
        case .cosine: plan.options.schedule = .cosine(last: last)
        case .oneCycle(let rising, let first, _):
          plan.options.schedule = .oneCycle(rising: rising, first: first, last: last)
        default: throw Self.wrong("--schedule-last", "cosine and one-cycle")
        }
      },
      TrainingChange("--schedule-first", scheduleFirst, isAlone: false) { plan, first in
        guard case .oneCycle(let rising, _, let last) = plan.options.schedule else {
          throw Self.wrong("--schedule-first", "one-cycle")
        }
        plan.options.schedule = .oneCycle(rising: rising, first: first, last: last)
      },
      TrainingChange("--schedule-rising", scheduleRising, isAlone: false) { plan, rising in
        guard case .oneCycle(_, let first, let last) = plan.options.schedule else {
          throw Self.wrong("--schedule-rising", "one-cycle")
        }
        plan.options.schedule = .oneCycle(rising: rising, first: first, last: last)
      },
    ]
  }

  private static func wrong(_ option: String, _ names: String) -> ValidationError {
    ValidationError("\(option) is for --schedule \(names).")
  }
}

/// Schedules as people type them.
enum ScheduleName: String, ExpressibleByArgument, CaseIterable {
  case constant
  case step
  case exponential
  case cosine
  case oneCycle = "one-cycle"

  /// The schedule of this name: with the numbers that are known, where it is the same one, or with the usual ones.
  func chosen(over known: ScheduleChoice) -> ScheduleChoice {
    switch (self, known) {
    case (.step, .step), (.exponential, .exponential), (.cosine, .cosine), (.oneCycle, .oneCycle):
      known
    case (.constant, _): .constant
    case (.step, _): .step()
    case (.exponential, _): .exponential()
    case (.cosine, _): .cosine()
    case (.oneCycle, _): .oneCycle()
    }
  }
}
