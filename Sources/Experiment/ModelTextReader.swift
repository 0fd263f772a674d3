import Autograd
import NN
import Tasks
import Tensors
import Tuners

/// Reads texts for methods that start from them: with the model's own tokenizer, and through the backbone alone.
struct ModelTextReader: TextReader {
    private let built: BuiltModel

    init(_ built: BuiltModel) {
        self.built = built
    }

    func tokens(of text: String) throws -> [Int32] {
        try built.tokenizer.tokenizer().encode(text).ids
    }

    func keysAndValues(of tokens: [Int32]) throws -> [(key: Tensor, value: Tensor)] {
        guard !tokens.isEmpty else { throw AttachmentError(nil, "a text without tokens has no keys and values") }
        let limit = built.model.backbone.maximumPositions ?? .max
        guard tokens.count <= limit else {
            throw AttachmentError(
                nil,
                "a text of \(tokens.count) tokens is longer than the model's \(limit) "
                    + built.model.backbone.positionsName)
        }
        let pass = ForwardPass(built.bare, mode: .evaluation)
        var found: [(key: Tensor, value: Tensor)] = []
        pass.onAttention = { found.append(($0.value, $1.value)) }
        let feature = Feature(inputIDs: tokens, tokenTypeIDs: tokens.map { _ in 0 })
        GradientRecording.off {
            _ = built.model.backbone.hiddenStates(Batch([feature]), reading: .everyToken, pass)
        }
        return found
    }
}
