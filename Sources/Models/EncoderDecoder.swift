import Autograd
import NN

/// A backbone of two networks: an encoder reads the source, and a decoder other tokens, looking at what the encoder made of it.
public protocol EncoderDecoder: Backbone {
    /// The factor on hidden states in front of the map onto the vocabulary.
    var outputScale: Float { get }

    /// What the encoder makes of the source.
    ///
    /// - Parameter batch: virtual tokens included where the graph has a prompt.
    /// - Returns: `[tokens, hidden]`
    func encode(_ batch: Batch, _ pass: ForwardPass) -> Variable

    /// The last layer's hidden states of the decoder.
    ///
    /// - Parameters:
    ///   - batch: whose features all have tokens for the decoder.
    ///   - memory: what the encoder made of the same batch, `[tokens, hidden]`; nil where the pass keeps what the decoder made of it.
    /// - Returns: `[decoderTokens, hidden]`
    func decode(_ batch: Batch, memory: Variable?, _ pass: ForwardPass) -> Variable
}

extension EncoderDecoder {
    /// It is both.
    public var kind: BackboneKind { .encoderDecoder }
    /// The source is seen as a whole.
    public var isCausal: Bool { false }
    /// No head for a single network reads it.
    public var sequenceHead: SequenceHeadForm { preconditionFailure("a sequence head on an encoder-decoder") }
    /// No head for a single network reads it.
    public var tokenHead: TokenHeadForm { preconditionFailure("a token head on an encoder-decoder") }

    /// The decoder's hidden states, whatever of them is read: `[decoderTokens, hidden]`.
    public func hiddenStates(_ batch: Batch, reading: Reading, _ pass: ForwardPass) -> Variable {
        decode(batch, memory: batch.pastCounts == nil ? encode(batch, pass) : nil, pass)
    }

    /// There is none; the hidden states themselves.
    public func summary(_ hidden: Variable, _ pass: ForwardPass) -> Variable { hidden }
}
