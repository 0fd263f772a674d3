import Autograd
import Models
import NN
import Tensors

/// A model that says how likely each token is to come next, and keeps what it has seen.
struct NextTokenModel {
    private let model: TunedModel
    private let head: any LanguageHead
    /// Through which all tokens of all texts go, so that prefixes are made once; nil where nothing is kept.
    private let pass: ForwardPass?

    init(_ model: TunedModel, _ head: any LanguageHead, usesCache: Bool) {
        self.model = model
        self.head = head
        pass = usesCache ? model.decodingPass() : nil
    }

    /// How likely each token is to come after each of the texts, which then keep what the model has seen of them.
    ///
    /// - Returns: `[texts, vocabulary]`
    func logits(after texts: inout [Hypothesis]) -> Tensor {
        guard let pass, let cache = pass.cache else {
            let whole = Batch(texts.map(\.feature))
            return GradientRecording.off {
                model.nextLogits(whole, ForwardPass(model.graph, mode: .evaluation), head)
            }
        }
        let isStart = texts.contains { $0.kept == nil }
        // Moved there and back, for what has two holders would be copied when it grows.
        cache.sequences = texts.indices.map { index in
            texts[index].kept.take() ?? KeptSequence(attentions: model.backbone.attentions.count)
        }
        let batch =
            isStart
            ? Batch(texts.map(\.feature))
            : model.nextBatch(texts.compactMap(\.tokens.last), after: cache.counts)
        let logits = GradientRecording.off { model.nextLogits(batch, pass, head) }
        let kept = cache.sequences
        cache.sequences = []
        for (index, sequence) in kept.enumerated() { texts[index].kept = sequence }
        return logits
    }
}
