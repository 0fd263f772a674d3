import Foundation

/// Which tokens may be drawn and how likely each is: temperature, then `top_k`, `top_p` and `min_p`, each among what the one before
/// left, as transformers' warpers do.
struct SamplingFilter: Sendable {
    let temperature: Float
    let topK: Int
    let topP: Double
    let minP: Double?
    /// How many tokens are left at least, so that beams can go on when others end.
    let least: Int

    /// Tokens that may be drawn, by their indices, and their probabilities.
    typealias Candidates = [(id: Int32, probability: Double)]

    /// The filter of `settings`, which leaves `least` tokens at least.
    init(_ settings: GenerationSettings, least: Int = 1) {
        temperature = Float(settings.temperature)
        topK = settings.topK == 0 ? 0 : max(settings.topK, least)
        self.least = least
        topP = settings.topP
        minP = settings.minP
    }

    /// - Parameter scores: of each word of the vocabulary; `-infinity` for what must not come.
    /// - Returns: empty where no score is finite.
    func candidates(_ scores: [Float]) -> Candidates {
        let scaled = temperature == 1 ? scores : scores.map { $0 / temperature }
        guard let largest = scaled.max(), largest.isFinite else { return [] }
        var smallest = -Float.infinity
        if topK > 0, topK < scaled.count { smallest = Self.largest(topK, of: scaled) }
        var candidates: Candidates = []
        for (id, score) in scaled.enumerated() where score >= smallest && score > -.infinity {
            candidates.append((Int32(truncatingIfNeeded: id), exp(Double(score - largest))))
        }
        if topP < 1 { candidates = likeliest(candidates) }
        if let minP {
            let probabilities = candidates.map(\.probability).sorted(by: >)
            let needed = probabilities.isEmpty ? 0 : probabilities[min(least, probabilities.count) - 1]
            let bound = min(needed, minP * (probabilities.first ?? 0))
            candidates.removeAll { $0.probability < bound }
        }
        let total = candidates.reduce(0) { $0 + $1.probability }
        return candidates.map { ($0.id, $0.probability / total) }
    }

    /// Tokens that may be drawn, by their indices, with their scores over the temperature.
    func scored(_ scores: [Float]) -> [(id: Int32, score: Float)] {
        candidates(scores).map { ($0.id, temperature == 1 ? scores[Int($0.id)] : scores[Int($0.id)] / temperature) }
    }

    /// A token drawn from `candidates` by `chance`, which is in `0..<1`.
    static func draw(_ candidates: Candidates, _ chance: Double) -> Int32? {
        var sum = 0.0
        for candidate in candidates {
            sum += candidate.probability
            if chance < sum { return candidate.id }
        }
        return candidates.last?.id
    }

    /// The likeliest tokens that together have `topP` of the probability, in the order of their indices.
    private func likeliest(_ candidates: Candidates) -> Candidates {
        let total = candidates.reduce(0) { $0 + $1.probability }
        let removable = (1 - topP) * total
        // All that is less likely than this comes to less than what is removed: it need not be sorted.
        let bound = least == 1 ? removable / Double(candidates.count) : 0
        var removed = candidates.reduce(0) { $0 + ($1.probability < bound ? $1.probability : 0) }
        let rest = candidates.filter { $0.probability >= bound }
            .sorted { ($0.probability, $0.id) < ($1.probability, $1.id) }
        var first = 0
        while first < rest.count - least, removed + rest[first].probability <= removable {
            removed += rest[first].probability
            first += 1
        }
        return rest[first...].sorted { $0.id < $1.id }
    }

    /// The `count`-th largest of `values`, which has more (quickselect).
    static func largest(_ count: Int, of values: [Float]) -> Float {
        var (rest, wanted) = (values, count)
        while true {
            let pivot = rest[rest.count / 2]
            let above = rest.filter { $0 > pivot }
            if wanted <= above.count {
                rest = above
                continue
            }
            let equal = rest.count { $0 == pivot }
            if wanted <= above.count + equal || equal == 0 { return pivot }
            wanted -= above.count + equal
            rest = rest.filter { $0 < pivot }
        }
    }
}
