import Tensors

/// Texts of which each is written by itself: from the likeliest tokens, or from tokens that are drawn.
struct SingleSearch: TokenSearch {
    /// Says what is chosen by: the largest score, or chance.
    enum Choice {
        case likeliest
        /// One stream of random numbers for each text.
        case drawn(SamplingFilter, [RandomStream])
    }

    var open: [Hypothesis]
    private let rules: TokenRules
    private let limit: Int
    private var choice: Choice
    /// The number of each open text; as many as there will be, before the first step.
    private var numbers: [Int]
    private var results: [GeneratedSequence?]

    /// - Parameters:
    ///   - count: the number of texts.
    ///   - limit: the tokens that each may have.
    init(_ prompt: Hypothesis, count: Int, _ rules: TokenRules, limit: Int, _ choice: Choice) {
        open = [prompt]
        self.rules = rules
        self.limit = limit
        self.choice = choice
        numbers = Array(0..<count)
        results = Array(repeating: nil, count: count)
    }

    var finished: [GeneratedSequence] { results.compactMap(\.self) }

    mutating func advance(_ logits: Tensor, _ report: (_ sequence: Int, _ token: Int32) throws -> Void) throws {
        // All begin with the prompt, which went through the model once.
        let rows = open.count < numbers.count ? numbers.map { _ in 0 } : Array(open.indices)
        var texts = rows.map { open[$0] }
        open = []
        var left: [Int] = []
        for (place, number) in numbers.enumerated() {
            var scores = logits.rows(rows[place]..<rows[place] + 1).array
            rules.apply(to: &scores, after: texts[place])
            guard let token = chosen(scores, number) else {
                results[number] = rules.finished(texts[place], .noToken)
                continue
            }
            texts[place].tokens.append(token)
            let ending = rules.ending(of: texts[place], limit: limit)
            if ending != .endToken { try report(number, token) }
            if let ending {
                results[number] = rules.finished(texts[place], ending)
            } else {
                open.append(texts[place])
                left.append(number)
            }
        }
        numbers = left
    }

    private mutating func chosen(_ scores: [Float], _ number: Int) -> Int32? {
        switch choice {
        case .likeliest:
            guard let best = scores.indices.max(by: { scores[$0] < scores[$1] }), scores[best] > -.infinity else {
                return nil
            }
            return Int32(truncatingIfNeeded: scores.firstIndex(of: scores[best]) ?? best)
        case .drawn(let filter, var streams):
            let chance = streams[number].uniform()
            choice = .drawn(filter, streams)
            return SamplingFilter.draw(filter.candidates(scores), chance)
        }
    }
}
