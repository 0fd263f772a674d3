/// Finds the best answer in the start and end scores of a question's windows.
///
///     score(start, end) = startLogits[start] + endLogits[end]
///     null score        = the least over the windows of startLogits[0] + endLogits[0]
///
/// Looked at are pairs of the `beamSize` best starts and ends of a window that lie in the context, in order, and
/// not further apart than `maxAnswerLength`. Where unanswerable questions exist, there is no answer when the null
/// score exceeds the best pair's by more than `nullThreshold`.
struct AnswerSearch: Sendable {
    /// How many starts and ends of a window are looked at.
    let beamSize: Int
    /// The most tokens that an answer has.
    let maxAnswerLength: Int
    /// How much better no answer must be than the best one; `nil` where every question has an answer.
    let nullThreshold: Double?

    /// The scores of one window.
    struct Window {
        /// The score of each token as the first of the answer: `[sequence]`.
        var startLogits: [Float]
        /// The score of each token as the last of the answer: `[sequence]`.
        var endLogits: [Float]
        /// The place of the first context token.
        var contextStart: Int
        /// The part of the context that each context token stands for.
        var ranges: ArraySlice<Range<Int32>>
    }

    /// What is answered to a question.
    enum Answer: Hashable {
        /// A part of the context.
        case part(Range<Int>)
        /// The context does not answer it.
        case none
        /// No pair of a start and an end was acceptable.
        case nothingFound
    }

    /// What was found for a question.
    struct Outcome: Hashable {
        /// The answer.
        var answer: Answer
        /// How likely its first and last token are, by a softmax of each over the window it is in; 0 where nothing was found.
        var score: Double = 0
        /// How much better no answer is than the best one; only where unanswerable questions exist.
        var nullOdds: Float?
    }

    /// The best answer in the windows of one question.
    func best(in windows: [Window]) -> Outcome {
        var best: (range: Range<Int>, start: Float, end: Float, score: () -> Double)?
        var nullScore = Float.infinity
        var nullWindow: Window?
        for window in windows {
            let ends = places(of: window.endLogits, window)
            for start in places(of: window.startLogits, window) {
                for end in ends where end.place >= start.place && end.place - start.place < maxAnswerLength {
                    if let best, start.logit + end.logit <= best.start + best.end { continue }
                    let first = window.ranges[window.ranges.startIndex + start.place - window.contextStart]
                    let last = window.ranges[window.ranges.startIndex + end.place - window.contextStart]
                    guard first.lowerBound < last.upperBound else { continue }
                    best = (
                        Int(first.lowerBound)..<Int(last.upperBound), start.logit, end.logit,
                        { window.probability(start: start.place, end: end.place) }
                    )
                }
            }
            if let start = window.startLogits.first, let end = window.endLogits.first {
                let score = Self.comparable(start) + Self.comparable(end)
                if score < nullScore || nullWindow == nil { (nullScore, nullWindow) = (score, window) }
            }
        }
        let found = Outcome(answer: best.map { .part($0.range) } ?? .nothingFound, score: best?.score() ?? 0)
        guard let nullThreshold else { return found }
        let odds = nullScore - (best?.start ?? 0) - (best?.end ?? 0)
        if Double(odds) > nullThreshold {
            return Outcome(
                answer: .none, score: nullWindow?.probability(start: 0, end: 0) ?? 0, nullOdds: odds)
        }
        return Outcome(answer: found.answer, score: found.score, nullOdds: odds)
    }

    /// The context tokens among the `beamSize` best of all tokens, best first; of equals the earlier one.
    private func places(of logits: [Float], _ window: Window) -> [(place: Int, logit: Float)] {
        var beam: [(place: Int, logit: Float)] = []
        for (place, raw) in logits.enumerated() {
            let logit = Self.comparable(raw)
            if beam.count == beamSize, let worst = beam.last, logit <= worst.logit { continue }
            let rank = beam.firstIndex { $0.logit < logit } ?? beam.count
            beam.insert((place, logit), at: rank)
            if beam.count > beamSize { beam.removeLast() }
        }
        let context = window.contextStart..<window.contextStart + window.ranges.count
        return beam.filter { context.contains($0.place) }
    }

    /// A score of which every other one is greater or not; what is not a number is the worst.
    private static func comparable(_ logit: Float) -> Float {
        logit.isNaN ? -.infinity : logit
    }
}

extension AnswerSearch.Window {
    /// How likely an answer begins and ends at these places.
    fileprivate func probability(start: Int, end: Int) -> Double {
        Probabilities.softmax(startLogits)[start] * Probabilities.softmax(endLogits)[end]
    }
}
