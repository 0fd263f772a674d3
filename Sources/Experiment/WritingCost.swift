import Generation
import Models
import NN
import Results
import Tasks
import Tensors
import YAML

/// What the texts cost that are written in each scoring: bounds, for a text may end before it is as long as it may be.
struct WritingCost: Hashable, Sendable {
    /// Texts that are written, and their tokens at most.
    private(set) var texts = 0, tokens = 0
    /// Floating-point operations of products at most.
    private(set) var operations = 0
    /// Seconds at most.
    private(set) var seconds = 0.0
    /// Bytes that are kept of earlier tokens at most.
    private(set) var keptBytes = 0

    /// What `assembly` writes in each scoring; nothing where it writes nothing.
    init(_ assembly: Assembly, _ cost: PassCost, operationsPerSecond: Double) {
        guard let settings = assembly.resolved.manifest.generation,
            let set = assembly.evaluation as? any GenerativeEvaluation, set.generates
        else { return }
        let model = assembly.model
        let step = model.backbone.cost.step(model.graph)
        let head = model.head.maps.reduce(0) { $0 + $1.operationsPerRow }
        let rows = max(settings.beamCount, settings.sequenceCount)
        var (steps, longest) = (0, 0)
        for prompt in set.prompts {
            let start = model.readsSource ? prompt.decoderInputIDs.count : prompt.inputIDs.count
            var count = max(0, settings.limit(after: start))
            if let positions = model.backbone.maximumPositions {
                count = min(count, max(0, positions - model.virtualTokenCount - prompt.inputIDs.count))
            }
            // The first token comes of the prompt, which all rows share.
            let (more, before) = (max(0, count - 1), start + (model.readsSource ? 0 : model.virtualTokenCount))
            let source = model.readsSource ? prompt.inputIDs.count + (model.graph.prompt?.length ?? 0) : 0
            let keys = more * before + more * (more + 1) / 2
            texts += 1
            tokens += count
            steps += more
            operations += cost.reading(prompt) + head
            operations += rows * (more * (step.fixed + head + source * step.perSourceToken) + keys * step.perKey)
            longest = max(longest, rows * ((before + count) * step.keptBytes + source * step.keptSourceBytes))
        }
        let atOnce = max(1, Kernels.fewRows / rows)
        keptBytes = longest * min(texts, atOnce)
        // A step reads every weight once for all texts that go on side by side.
        let weights = model.graph.parameters.reduce(0) { $0 + $1.shape.count } * MemoryLayout<Float>.size
        let passes = Double(steps) / Double(min(max(1, texts), atOnce)) + Double(texts)
        seconds =
            Double(operations) / (operationsPerSecond * Plan.typicalShare)
            + passes * (Self.stepSeconds + Double(weights) * Self.operationsPerByte / operationsPerSecond)
    }

    /// What a step takes beside its products.
    private static let stepSeconds = 5e-5
    /// The operations of large products that a machine does in the time in which it reads a byte from memory, about.
    private static let operationsPerByte = 16.0

    /// The figures in words; nil where no texts are written.
    var text: String? {
        guard texts > 0 else { return nil }
        return
            "in each scoring \(FigureText.counted(texts, "text")) written, at most \(FigureText.count(tokens)) tokens: "
            + "\(FigureText.operations(Double(operations))) operations, about \(FigureText.duration(seconds)) of it"
    }

    /// The figures for scripts.
    var json: JSON {
        [
            "texts": .integer(texts), "tokens": .integer(tokens), "operations": .integer(operations),
            "seconds": .number(seconds),
        ]
    }
}

extension PassCost {
    /// Forward through the backbone for a prompt, of which the last token is read.
    fileprivate func reading(_ prompt: Feature) -> Int {
        perPass(isTraining: false) + backboneOperations(prompt, read: 1)
    }
}
