import NN
import YAML

/// Lays a source and its target out for an encoder and a decoder. What is too long loses its end; special tokens stay.
struct SourceLayout: Sendable {
    private let layout: SequenceLayout
    private let targetLayout: SequenceLayout
    private let decoderStart: Int32

    /// The layout of `tokenizer`; its end token ends a target, unless its layout of texts has an end.
    init(_ tokenizer: any Tokenizer, decoderStart: Int32, maxSourceLength: Int, maxTargetLength: Int) {
        layout = SequenceLayout(tokenizer, maxLength: maxSourceLength)
        var target = tokenizer.singleLayout
        if target.end.isEmpty { target.end = tokenizer.endID.map { [$0] } ?? [] }
        targetLayout = SequenceLayout(single: target, pair: tokenizer.pairLayout, maxLength: maxTargetLength)
        self.decoderStart = decoderStart
    }

    /// A source; the decoder begins.
    func source(_ ids: [Int32]) -> (feature: Feature, isTruncated: Bool) {
        let source = layout.sequence(ids)
        return (
            Feature(inputIDs: source.ids, tokenTypeIDs: source.types, decoderInputIDs: [decoderStart]),
            source.isTruncated
        )
    }

    /// A source with its target, which stand at `location`: the decoder reads what it has written so far.
    func feature(
        source: [Int32], target: [Int32], at location: SourceLocation
    ) throws(DataError) -> (Feature, isTruncated: Bool) {
        var (feature, isTruncated) = self.source(source)
        let target = targetLayout.sequence(target)
        guard !feature.inputIDs.isEmpty else {
            throw DataError("the source has no token that could be read", at: location)
        }
        guard !target.ids.isEmpty else {
            throw DataError("the target has no token that could be learned", at: location)
        }
        feature.decoderInputIDs += target.ids.dropLast()
        feature.label = .tokens(
            target.ids.enumerated().map { TokenLabel(position: Int32($0.offset), target: $0.element) })
        return (feature, isTruncated || target.isTruncated)
    }
}

extension SequenceLayout {
    /// These layouts.
    init(single: SingleLayout, pair: PairLayout, maxLength: Int) {
        self.single = single
        self.pair = pair
        self.maxLength = maxLength
        marksSegments = false
    }
}

extension Preparation {
    /// The token that a decoder starts with: what the model's configuration says, `decoder_start_token_id` or else `pad_token_id`; where it
    /// says nothing, the one that the tokenizer fills up with.
    func decoderStart(_ tokenizer: any Tokenizer) throws(DataError) -> Int32 {
        for key in ["decoder_start_token_id", "pad_token_id"] {
            if let node = config?[key], !node.isNull { return try node.tokenID("'\(key)'") }
        }
        if let padding = tokenizer.special.padding { return padding }
        throw DataError(
            "the model's configuration has no 'decoder_start_token_id', so nobody knows how a target begins; add it",
            at: config?.location)
    }
}
