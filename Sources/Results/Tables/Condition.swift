import Foundation
import YAML

/// What a run must be to be shown: `peft.peft_type=LORA`, `train.learning_rate>=1e-3`, `status!=finished`.
struct Condition: Sendable {
    private enum Comparison: String, CaseIterable {
        // The longer ones first, as they begin with the shorter ones.
        case unequal = "!="
        case atMost = "<="
        case atLeast = ">="
        case same = "=="
        case equal = "="
        case below = "<"
        case above = ">"
    }

    private let column: ResultColumn
    private let comparison: Comparison
    private let wanted: JSON

    /// Reads a condition on columns with `names`.
    init(_ text: String, _ names: ResultNames) throws(RequestError) {
        guard let start = text.firstIndex(where: { "!=<>".contains($0) }),
            let comparison = Comparison.allCases.first(where: { text[start...].hasPrefix($0.rawValue) })
        else {
            throw RequestError("a condition is a name, one of = != < <= > >=, and a value; '\(text)' is none")
        }
        let name = text[..<start].trimmingCharacters(in: .whitespaces)
        let value = text[start...].dropFirst(comparison.rawValue.count).trimmingCharacters(in: .whitespaces)
        column = try names.column(name)
        let quote = ["'", "\""].first { value.count > 1 && value.hasPrefix($0) && value.hasSuffix($0) }
        let scalar = Node.Scalar(quote == nil ? value : String(value.dropFirst().dropLast()), isPlain: quote == nil)
        wanted = JSON(Node(.scalar(scalar), at: .generated))
        self.comparison = comparison
        if ![.same, .equal, .unequal].contains(comparison), wanted.double == nil {
            throw RequestError("\(comparison.rawValue) compares numbers, and '\(value)' in '\(text)' is none")
        }
    }

    /// Whether `run` is so.
    func holds(for run: StoredRun) -> Bool {
        let value = column.value(of: run) ?? .null
        switch comparison {
        case .same, .equal: return isWanted(value)
        case .unequal: return !isWanted(value)
        case .below: return compares(value, <)
        case .atMost: return compares(value, <=)
        case .above: return compares(value, >)
        case .atLeast: return compares(value, >=)
        }
    }

    private func isWanted(_ value: JSON) -> Bool {
        value.isSame(as: wanted) || (value != .null && value.plainText == wanted.plainText)
    }

    private func compares(_ value: JSON, _ isInOrder: (Double, Double) -> Bool) -> Bool {
        guard let number = value.double, let bound = wanted.double else { return false }
        return isInOrder(number, bound)
    }
}
