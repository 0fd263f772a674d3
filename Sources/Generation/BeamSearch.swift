import Configuration
import Foundation
import Tensors

/// The texts that are likeliest as a whole, among those that are reached by going on with the best `count` at each step, or with the
/// best of some that are drawn.
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
    private var choice: Choice
    /// The best texts that are done, best first, with their scores.
    private var done: [(text: Hypothesis, ending: GeneratedSequence.Ending, score: Float)] = []

    /// Says what is chosen by: the largest score, or chance.
    enum Choice {
        case likeliest
        /// Draws among all ways to go on, none of them twice, by the sums of their scores over the temperature.
        case drawn(SamplingFilter, RandomStream)
    }

    /// How many ways to go on are looked at for each text, so that enough are left when as many as can be have ended.
    static func waysEach(endCount: Int) -> Int { max(2, 1 + endCount) }

    /// - Parameter limit: the tokens that each may have.
    init(_ prompt: Hypothesis, _ settings: GenerationSettings, _ rules: TokenRules, limit: Int, _ choice: Choice) {
        open = [prompt]
        self.rules = rules
        self.limit = limit
        (count, resultCount) = (settings.beamCount, settings.sequenceCount)
        penalty = settings.lengthPenalty
        stopping = settings.earlyStopping
        self.choice = choice
    }

    var finished: [GeneratedSequence] {
        done.prefix(resultCount).map { rules.finished($0.text, $0.ending, score: $0.score) }
    }

    mutating func advance(_ logits: Tensor, _ report: (_ sequence: Int, _ token: Int32) throws -> Void) throws {
        let wanted = Self.waysEach(endCount: rules.endIDs.count) * count
        let candidates = candidates(wanted, Kernels.logProbabilities(logits))
        var (next, ended): ([Hypothesis], [(text: Hypothesis, ending: GeneratedSequence.Ending, score: Float)]) = (
            [], []
        )
        for (rank, candidate) in candidates {
            var text = open[candidate.row]
            text.tokens.append(candidate.token)
            text.score = candidate.score
            if let ending = rules.ending(of: text, limit: limit) {
                // One that is not among the first could be overtaken by texts that go on, or was drawn for them only.
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

    /// The ways to go on, best first, each with its place among those that were chosen.
    ///
    /// - Parameter logProbabilities: `[open, vocabulary]`
    private mutating func candidates(
        _ wanted: Int, _ logProbabilities: Tensor
    ) -> [(rank: Int, way: (row: Int, token: Int32, score: Float))] {
        switch choice {
        case .likeliest: return best(wanted, logProbabilities).enumerated().map { ($0.offset, $0.element) }
        case .drawn(let filter, var stream):
            let drawn = draw(wanted, logProbabilities, filter, &stream)
            choice = .drawn(filter, stream)
            return drawn.enumerated().map { ($0.offset, $0.element) }
                .sorted { ($1.way.score, $0.rank) < ($0.way.score, $1.rank) }
        }
    }

    /// Ways to go on that were drawn one after the other, none of them twice: those whose scores are the largest with noise of Gumbel's
    /// distribution (Vieira, 2014; Kool et al., 2019, <https://arxiv.org/abs/1903.06059>).
    ///
    /// - Parameter logProbabilities: `[open, vocabulary]`
    private func draw(
        _ wanted: Int, _ logProbabilities: Tensor, _ filter: SamplingFilter, _ stream: inout RandomStream
    ) -> [(row: Int, token: Int32, score: Float)] {
        var pool: [(key: Double, way: (row: Int, token: Int32, score: Float))] = []
        for row in open.indices {
            var scores = logProbabilities.rows(row..<row + 1).array
            rules.apply(to: &scores, after: open[row])
            for (token, score) in filter.scored(scores) {
                let sum = score + open[row].score
                pool.append((Double(sum) - log(-log(stream.uniform())), (row, token, sum)))
            }
        }
        return pool.sorted { $0.key > $1.key }.prefix(wanted).map(\.way)
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
