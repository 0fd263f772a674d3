import YAML

extension PipelineTokenizer.Definition {
    /// Llama's way with spaces: each becomes visible, and one is put before the text where it is wanted.
    ///
    /// - Parameter isLegacy: whether it is put before each part of a text between added tokens, and not before the first only.
    mutating func markSpaces(isSpaced: Bool, isLegacy: Bool) {
        let space = Metaspace().replacement
        (normalizers, splitters) = ([], [])
        if isLegacy {
            if isSpaced { normalizers.append(PrependNormalizer(text: [space])) }
            normalizers.append(TextReplacement(pattern: .text([0x20]), content: [space]))
        } else {
            splitters = [Metaspace(scheme: isSpaced ? .first : .never, splits: false)]
        }
        decoders = [TextReplacement(pattern: .text([space]), content: [0x20]), ByteFallbackDecoder(), FuseDecoder()]
        if isSpaced { decoders.append(StripDecoder(content: " ", start: 1, stop: 0)) }
    }

    /// Does what `add_prefix_space` of a `tokenizer_config.json` asks for, with which transformers makes the tokenizers of Llama and T5 anew
    /// instead of going by the steps in `tokenizer.json`.
    mutating func respace(_ settings: TokenizerSettings) throws(DataError) {
        let (isLlama, isT5) = (try settings.isLlama(), try settings.isT5())
        guard let isSpaced = try settings.boolean("add_prefix_space"), isLlama || isT5 else { return }
        guard !splitters.contains(where: { $0 is ByteLevelSplitter }) else {
            throw DataError(
                "'add_prefix_space' is of SentencePiece's tokenizers, and this tokenizer.json has another; take it out",
                at: settings.configuration?["add_prefix_space"]?.location)
        }
        let isLegacy = try settings.boolean("legacy") ?? true
        if isLlama { return markSpaces(isSpaced: isSpaced, isLegacy: isLegacy) }
        let scheme: Metaspace.Scheme = isSpaced ? isLegacy ? .always : .first : .never
        splitters = splitters.map { ($0 as? Metaspace)?.with(scheme) ?? $0 }
        decoders = decoders.map { ($0 as? Metaspace)?.with(scheme) ?? $0 }
    }
}

extension Metaspace {
    /// The same, with spaces before other texts.
    fileprivate func with(_ scheme: Scheme) -> Metaspace {
        Metaspace(replacement: replacement, scheme: scheme, splits: splits)
    }
}
