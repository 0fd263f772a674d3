import Configuration
import Foundation
import Tensors

/// The texts that are likeliest as a whole, among those that are reached by going on with the best `count` at each step.
///
///     score = sum of log-probabilities / length^penalty
///
/// Arithmetic and order of choices are those of transformers' beam search of one prompt.
struct BeamSearch: TokenSearch {
    var open: [Hypothesis]
    private let rules: TokenRules
    private let limit: Int
    private let count: Int, resultCount: Int
    private let penalty: Double
    private let stopping: Either<Bool, GenerationSettings.Persistence>
    /// The best texts that are done, best first, with their scores.
    private var done: [(text: Hypothesis, ending: GeneratedSequence.Ending, score: Float)] = []

    /// - Parameter limit: the tokens that each may have.
    init(_ prompt: Hypothesis, _ settings: GenerationSettings, _ rules: TokenRules, limit: Int) {
        open = [prompt]
        self.rules = rules
        self.limit = limit
        (count, resultCount) = (settings.beamCount, settings.sequenceCount)
        penalty = settings.lengthPenalty
        stopping = settings.earlyStopping
    }

    var finished: [GeneratedSequence] {
        done.prefix(resultCount).map { rules.finished($0.text, $0.ending, score: $0.score) }
    }

    mutating func advance(_ logits: Tensor, _ report: (_ sequence: Int, _ token: Int32) throws -> Void) throws {
        // So many that `count` are left when as many as can be have ended.
        let candidates = best(max(2, 1 + rules.endIDs.count) * count, Kernels.logProbabilities(logits))
        var (next, ended): ([Hypothesis], [(text: Hypothesis, ending: GeneratedSequence.Ending, score: Float)]) = (
            [], []
        )
        for (rank, candidate) in candidates.enumerated() {
            var text = open[candidate.row]
            text.tokens.append(candidate.token)
            text.score = candidate.score
            if let ending = rules.ending(of: text, limit: limit) {
                // One that is not among the first could be overtaken by texts that go on.
                if rank < count { ended.append((text, ending, text.score / power(text.count))) }
            } else if next.count < count {
                next.append(text)
            }
        }
        done = Array(
            (done + ended).enumerated().sorted { ($1.element.score, $0.offset) < ($0.element.score, $1.offset) }
                .map(\.element).prefix(count))
        open = isOver(next) ? [] : next
        if open.isEmpty {
            for (number, text) in finished.enumerated() {
                for token in text.tokens { try report(number, token) }
            }
        }
    }

    /// `length^penalty`
    private func power(_ length: Int) -> Float { Float(pow(Double(length), penalty)) }

    /// Whether nothing better is to be expected of the texts that could go on.
    private func isOver(_ next: [Hypothesis]) -> Bool {
        guard let first = next.first else { return true }
        guard done.count == count, let worst = done.last?.score else { return false }
        if stopping == .first(true) { return true }
        let length = stopping == .second(.never) && penalty > 0 ? limit : first.count
        return first.score / power(length) <= worst
    }

    /// The best ways to go on, best first.
    ///
    /// - Parameter logProbabilities: `[open, vocabulary]`
    private func best(_ wanted: Int, _ logProbabilities: Tensor) -> [(row: Int, token: Int32, score: Float)] {
        var found: [(row: Int, token: Int32, score: Float)] = []
        for row in open.indices {
            var scores = logProbabilities.rows(row..<row + 1).array
            rules.apply(to: &scores, after: open[row])
            for (token, score) in scores.enumerated() {
                let sum = score + open[row].score
                guard sum > -.infinity, found.count < wanted || sum > found[found.count - 1].score else { continue }
                // Behind all that are as good: equal ones stay in their order.
                var place = found.count
                while place > 0, found[place - 1].score < sum { place -= 1 }
                found.insert((row, Int32(truncatingIfNeeded: token), sum), at: place)
                if found.count > wanted { found.removeLast() }
            }
        }
        return found
    }
}
