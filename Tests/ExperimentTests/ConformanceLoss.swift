import Foundation
import Models
import NN
import Tensors

/// The loss by its definition, in double precision, from what a head gives and labels whose positions are those of real tokens.
enum ConformanceLoss {
    /// - Parameters:
    ///   - outputs: `[rows, columns]`
    ///   - offsets: the first row of each feature, and the number of rows.
    static func mean(_ outputs: Tensor, _ offsets: [Int], _ cell: ConformanceCell) -> Double {
        var terms: [Double] = []
        for (index, feature) in cell.features.enumerated() {
            let rows = (offsets[index]..<offsets[index + 1]).map { row in
                (0..<outputs.shape.columns).map { Double(outputs[row, $0]) }
            }
            terms += Self.terms(rows, feature, cell)
        }
        return terms.reduce(0, +) / Double(terms.count)
    }

    private static func terms(_ rows: [[Double]], _ feature: Feature, _ cell: ConformanceCell) -> [Double] {
        switch feature.label {
        case .span(let start, let end)?:
            let (starts, ends) = (rows.map { $0[0] }, rows.map { $0[1] })
            return [(surprise(starts, start) + surprise(ends, end)) / 2]
        case .category(let index)? where cell.head == "MULTIPLE_CHOICE":
            return [surprise(rows.map { $0[0] }, index)]
        case .category(let index)?: return rows.map { surprise($0, index) }
        case .flags(let flags)?:
            return zip(rows.joined(), flags).map { logit, flag in log(1 + exp(logit)) - Double(flag) * logit }
        case .value(let value)?: return rows.map { ($0[0] - Double(value)) * ($0[0] - Double(value)) }
        case .tokens(let labels)?:
            // A decoder gives the surprise itself, a masked model the logits of the masks alone.
            if cell.head == "CAUSAL_LM" || cell.head == "SEQ_2_SEQ_LM" { return rows.map { $0[0] } }
            let ofLabels = cell.head == "MASKED_LM" ? rows : labels.map { rows[Int($0.position)] }
            return zip(ofLabels, labels).map { surprise($0, Int($1.target)) }
        case nil: return []
        }
    }

    /// `-log softmax(logits)[target]`
    private static func surprise(_ logits: [Double], _ target: Int) -> Double {
        log(logits.reduce(0) { $0 + exp($1) }) - logits[target]
    }
}
