import Configuration
import Foundation
import YAML

/// Where drawn values come from.
enum Distribution: Hashable, Sendable {
    case uniform(Double, Double, at: SourceLocation)
    case logUniform(Double, Double, at: SourceLocation)
    case integer(Int, Int, at: SourceLocation)
    case choice([Node])

    private static let names = ["uniform", "log_uniform", "integer", "choice"]

    /// Reads `{log_uniform: [1e-4, 1e-2]}`; nil where it is wrong, which is noted.
    init?(_ node: Node, of key: String, _ diagnostics: inout Diagnostics) {
        guard case .mapping(let pairs) = node.content, let pair = pairs.first, pairs.count == 1 else {
            diagnostics.error(
                at: node.location,
                "'\(key)' needs one distribution, as in {uniform: [0, 0.3]}; there are "
                    + Self.names.joined(separator: ", "))
            return nil
        }
        let values = pair.value.elements ?? []
        let numbers = values.compactMap { $0.number.flatMap { $0.isFinite ? $0 : nil } }
        let isPair = values.count == 2
        switch pair.key {
        case "uniform" where isPair && numbers.count == 2 && numbers[0] < numbers[1]:
            self = .uniform(numbers[0], numbers[1], at: pair.value.location)
        case "log_uniform" where isPair && numbers.count == 2 && numbers[0] > 0 && numbers[0] < numbers[1]:
            self = .logUniform(numbers[0], numbers[1], at: pair.value.location)
        case "integer" where isPair:
            guard let low = values[0].integer, let high = values[1].integer, low <= high else { fallthrough }
            self = .integer(low, high, at: pair.value.location)
        case "uniform", "log_uniform", "integer":
            let kind = pair.key == "integer" ? "whole numbers" : pair.key == "uniform" ? "numbers" : "numbers above 0"
            diagnostics.error(
                at: pair.value.location, "'\(key)': \(pair.key) takes [low, high], two \(kind), the smaller one first")
            return nil
        case "choice" where !values.isEmpty: self = .choice(values)
        case "choice":
            diagnostics.error(at: pair.value.location, "'\(key)': choice takes a list of at least one value")
            return nil
        default:
            let near = Suggestion.nearest(to: pair.key, among: Self.names).map { "; did you mean '\($0)'?" }
            diagnostics.error(
                at: pair.keyLocation,
                "unknown distribution '\(pair.key)'"
                    + (near ?? "; there are \(Self.names.joined(separator: ", "))"))
            return nil
        }
    }

    /// The value at a share of the distribution, which is at least 0 and below 1.
    func value(_ share: Double) -> Node {
        switch self {
        case .uniform(let low, let high, let location):
            return Node(.number(Self.rounded(low + share * (high - low), low...high)), at: location)
        case .logUniform(let low, let high, let location):
            let value = exp(log(low) + share * (log(high) - log(low)))
            return Node(.number(Self.rounded(value, low...high)), at: location)
        case .integer(let low, let high, let location):
            let width = Double(high) - Double(low) + 1
            // The whole range of integers is wider than an integer.
            let offset = UInt64(min(share * width, 0x1p64 - 2048))
            let value = low &+ Int(truncatingIfNeeded: offset)
            return Node(.integer(min(max(value, low), high)), at: location)
        case .choice(let values):
            return values[min(Int(share * Double(values.count)), values.count - 1)]
        }
    }

    /// Four figures: enough to tell draws apart, and few enough to be read and typed.
    private static func rounded(_ value: Double, _ range: ClosedRange<Double>) -> Double {
        let short = Double(String(format: "%.3e", value)) ?? value
        return min(max(short, range.lowerBound), range.upperBound)
    }

    static let schema: JSON = [
        "type": "object", "minProperties": 1, "maxProperties": 1, "additionalProperties": false,
        "properties": .object(
            Dictionary(
                uniqueKeysWithValues: names.map { name in
                    let isChoice = name == "choice"
                    let values: [String: JSON] = [
                        "type": "array", "minItems": .integer(isChoice ? 1 : 2),
                        "items": isChoice
                            ? .boolean(true) : ["type": .string(name == "integer" ? "integer" : "number")],
                    ]
                    return (name, .object(isChoice ? values : values.merging(["maxItems": 2]) { $1 }))
                })),
    ]
}
