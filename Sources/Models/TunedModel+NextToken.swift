import NN
import Tensors

/// A head that says what may come next, with which text can be generated.
public protocol LanguageHead: Head {
    /// How likely each word of the vocabulary is to be what the rows predict.
    ///
    /// - Parameter hidden: `[rows, hidden]`
    /// - Returns: `[rows, vocabulary]`
    func logits(_ hidden: Tensor) -> Tensor
}

extension TunedModel {
    /// A pass through which the tokens of sequences go one after the other.
    public func decodingPass() -> ForwardPass {
        let pass = ForwardPass(graph, mode: .evaluation)
        pass.cache = KeyValueCache()
        return pass
    }

    /// Whether an encoder reads a text for which the decoder writes another, rather than going on from it.
    public var readsSource: Bool { backbone.kind == .encoderDecoder }

    /// The tokens that methods put in front of every sequence, each of which takes a position: those of prefix and prompt.
    public var virtualTokenCount: Int { (graph.prefix?.length ?? 0) + (graph.prompt?.length ?? 0) }

    /// The next tokens of texts of which some went before.
    ///
    /// - Parameters:
    ///   - tokens: one for each text.
    ///   - counts: how many the pass's cache keeps of each.
    public func nextBatch(_ tokens: [Int32], after counts: [Int]) -> Batch {
        Batch(next: tokens, after: counts, isDecoder: readsSource)
    }

    /// How likely each word is to come after each sequence of a batch.
    ///
    /// - Parameters:
    ///   - batch: whole sequences, or the next tokens of those that the pass's cache keeps.
    ///   - pass: without gradients; its cache, where it has one, keeps the tokens.
    /// - Returns: `[sequences, vocabulary]`
    public func nextLogits(_ batch: Batch, _ pass: ForwardPass, _ head: any LanguageHead) -> Tensor {
        let isStart = batch.pastCounts == nil
        let whole = isStart ? graph.prompt.map { batch.withPrompt($0.length, $0.place) } ?? batch : batch
        let hidden = backbone.hiddenStates(whole, reading: .lastToken, pass).value
        let offsets = readsSource ? whole.decoderOffsets : whole.offsets
        pass.cache?.advance(offsets)
        // A decoder beside an encoder gives all its rows.
        return head.logits(
            readsSource ? Kernels.gather(hidden, offsets.dropFirst().map { Int32($0 - 1) }) : hidden)
    }
}
