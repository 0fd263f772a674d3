import NN
import Tensors
import YAML

extension MaskedLanguage {
    /// The windows of all documents, with tokens hidden anew in every pass.
    ///
    /// - Parameters:
    ///   - share: of the tokens that are hidden.
    func windows(
        _ file: DataFile, _ preparation: Preparation, share: Double
    ) throws(DataError) -> PreparedData {
        let records = try file.read(Documents.self, for: Self.name)
        let tokenizer = try preparation.tokenizer.tokenizer()
        guard let mask = tokenizer.maskID else {
            throw DataError(
                "the tokenizer has no mask token, so no token can be hidden; choose another",
                key: "task.mlm_probability")
        }
        let layout = tokenizer.singleLayout
        let length = settings.maxSequenceLength - layout.specialCount
        guard length > 0 else {
            throw DataError("there is no room for a token between special ones", key: "task.max_seq_length")
        }
        let stream = Array(tokenizer.encode(records.documents.map(\.text)).map(\.ids).joined())
        let windows = Swift.stride(from: 0, to: stream.count, by: length).map { start in
            layout.start + stream[start..<min(stream.count, start + length)] + layout.end
        }
        guard !windows.isEmpty else { throw DataError("'\(file.path)' holds no token") }
        let masking = Masking(
            windows: windows, around: (layout.start.count, layout.end.count), share: share, mask: mask,
            vocabularyCount: tokenizer.vocabularyCount)
        return PreparedData(
            features: windows.indices.map { masking.feature($0, pass: -1, seed: 0) }, exampleCount: records.count,
            vocabularyCount: tokenizer.vocabularyCount, skipped: records.skipped, masking: masking)
    }
}

/// Windows of documents whose hidden tokens are to be guessed, scored as one text; a prediction is told of each window: the mean negative
/// log-likelihood of its hidden tokens (`loss`), and their number (`tokens`).
struct MaskedEvaluation: EvaluationSet {
    let data: PreparedData
    let choice: MetricChoice

    /// The negative log-likelihood of each hidden token: `[masks, 1]`. Logits over the vocabulary are too many to be kept.
    func condensed(_ output: Tensor, of feature: Int) -> Tensor {
        let targets = data.features[feature].label.tokens.map { Int($0.target) }
        precondition(output.shape.rows == targets.count, "condensed: \(output.shape) for \(targets.count) masks")
        let losses = targets.enumerated().map { row, target in
            Float(Probabilities.loss(output.rows(row..<row + 1).array, target))
        }
        return Tensor([losses.count, 1], losses)
    }

    func score(_ outputs: [Tensor]) -> Evaluation {
        let losses = outputs.map { $0.array.map(Double.init) }
        let outcomes = LikelihoodOutcomes(
            total: losses.joined().reduce(0, +), count: losses.reduce(0) { $0 + $1.count })
        let lines: [JSON] = losses.map { ["loss": .number($0.mean), "tokens": .integer($0.count)] }
        return Evaluation(metrics: choice.measures(of: outcomes), predictions: lines)
    }
}
