import Autograd
import Models
import NN
import Tensors

/// Passes features through a model in batches, without recording gradients.
struct ModelOutputs {
    private let model: TunedModel
    private let batchSize: Int
    private let kept: ActivationTable?

    /// - Parameter kept: what the frozen part of the model makes of the features, if that is kept.
    init(_ model: TunedModel, batchSize: Int, kept: ActivationTable? = nil) {
        self.model = model
        self.batchSize = batchSize
        self.kept = kept
    }

    /// The outputs of each feature, in their order: as many rows as the head gives for it.
    ///
    /// - Parameter condensed: what is kept of the output of the feature with a number.
    func of(
        _ features: [Feature], condensed: (Tensor, Int) -> Tensor = { output, _ in output },
        _ report: (_ done: Int, _ total: Int) throws -> Void
    ) throws -> [Tensor] {
        var outputs: [Tensor] = []
        outputs.reserveCapacity(features.count)
        for start in stride(from: 0, to: features.count, by: batchSize) {
            let places = start..<min(features.count, start + batchSize)
            var batch = Batch(features[places])
            batch.frozen = kept?.states(of: Array(places))
            let values = GradientRecording.off { model.outputs(batch, mode: .evaluation).value }
            let offsets = model.head.outputOffsets(batch)
            for (first, end) in zip(offsets, offsets.dropFirst()) {
                outputs.append(condensed(values.rows(first..<end), outputs.count))
            }
            try report(outputs.count, features.count)
        }
        return outputs
    }
}
