import Foundation
import YAML

/// What logits say, as probabilities.
enum Probabilities {
    /// The softmax of logits, of which one class holds.
    static func softmax(_ logits: [Float]) -> [Double] {
        let largest = Double(logits.max() ?? 0)
        let powers = logits.map { exp(Double($0) - largest) }
        let sum = powers.reduce(0, +)
        return powers.map { $0 / sum }
    }

    /// The negative logarithm of what the softmax gives one class.
    static func loss(_ logits: [Float], _ target: Int) -> Double {
        let largest = Double(logits.max() ?? 0)
        let sum = logits.reduce(0) { $0 + exp(Double($1) - largest) }
        return log(sum) + largest - Double(logits[target])
    }

    /// The sigmoid of a logit, for a class that holds or not.
    static func sigmoid(_ logit: Float) -> Double { 1 / (1 + exp(-Double(logit))) }

    /// The place of the largest number; the first of equals, and of what is not a number.
    static func best(_ logits: [Float]) -> Int {
        var best = 0
        for (place, logit) in logits.enumerated() where logit > logits[best] || (logits[best].isNaN && !logit.isNaN) {
            best = place
        }
        return best
    }
}

extension JSON {
    /// A list of numbers.
    static func numbers(_ values: some Sequence<Double>) -> JSON { .array(values.map(JSON.number)) }

    /// A list of logits.
    static func logits(_ values: some Sequence<Float>) -> JSON { .numbers(values.map(Double.init)) }

    /// This object with more entries; those win.
    func adding(_ entries: [String: JSON]) -> JSON {
        guard case .object(let own) = self else { return .object(entries) }
        return .object(own.merging(entries) { $1 })
    }
}
