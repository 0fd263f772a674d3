import Configuration
import Foundation
import YAML

/// Mistakes of many trials, each told once, with the trials that have it.
struct SweepMistakes {
    /// Values that were drawn all stand where their distribution does, so the value that is told does not tell mistakes apart.
    private struct Kind: Hashable {
        let location: SourceLocation
        let message: Substring

        init(_ error: TextError) {
            location = error.location
            message =
                error.message.range(of: ", not '", options: .backwards).map { error.message[..<$0.lowerBound] }
                ?? error.message[...]
        }
    }

    private var order: [TextError] = []
    private var owners: [Kind: [String]] = [:]
    private var trialCount = 0
    private var title = ""

    /// What is added from now on is of the trial `title`.
    mutating func startTrial(_ title: String) {
        trialCount += 1
        self.title = title
    }

    mutating func add(_ error: TextError) {
        let kind = Kind(error)
        if owners[kind] == nil { order.append(error) }
        if owners[kind]?.last != title { owners[kind, default: []].append(title) }
    }

    /// Notes each; one that not every trial has says which one has it.
    func report(to diagnostics: inout Diagnostics) {
        for error in order {
            let titles = owners[Kind(error)] ?? []
            guard titles.count < trialCount, let first = titles.first else {
                diagnostics.report(error)
                continue
            }
            let more = titles.count > 1 ? " and \(titles.count - 1) more" : ""
            diagnostics.error(at: error.location, "\(error.message) (trial '\(first)'\(more))")
        }
    }
}
