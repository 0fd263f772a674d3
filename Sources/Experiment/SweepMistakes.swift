import Configuration
import YAML

/// Mistakes of many trials, each told once, with the trials that have it.
struct SweepMistakes {
    private var order: [TextError] = []
    private var owners: [TextError: [String]] = [:]
    private var trialCount = 0
    private var title = ""

    /// What is added from now on is of the trial `title`.
    mutating func startTrial(_ title: String) {
        trialCount += 1
        self.title = title
    }

    mutating func add(_ error: TextError) {
        if owners[error] == nil { order.append(error) }
        if owners[error]?.last != title { owners[error, default: []].append(title) }
    }

    /// Notes each; one that not every trial has says which one has it.
    func report(to diagnostics: inout Diagnostics) {
        for error in order {
            let titles = owners[error] ?? []
            guard titles.count < trialCount, let first = titles.first else {
                diagnostics.report(error)
                continue
            }
            let more = titles.count > 1 ? " and \(titles.count - 1) more" : ""
            diagnostics.error(at: error.location, "\(error.message) (trial '\(first)'\(more))")
        }
    }
}
