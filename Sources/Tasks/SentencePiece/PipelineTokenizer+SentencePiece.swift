import YAML

extension PipelineTokenizer {
    /// Makes a tokenizer of a SentencePiece model, as transformers' fast tokenizers do for Llama or T5.
    ///
    /// The class that the settings name decides which; without one, byte pairs are taken for Llama's and a unigram model for T5's.
    init(_ file: SentencePieceFile, _ settings: TokenizerSettings) throws(DataError) {
        try file.refuse()
        let convention = try SentencePieceConvention(settings.kind(), file, settings)
        var definition: Definition
        switch convention {
        case .llama: definition = try Self.llama(file, settings)
        case .t5: definition = try Self.t5(file, settings)
        }
        for (index, piece) in file.pieces.enumerated() where piece.role == .control || piece.role == .userDefined {
            definition.addedTokens.append(
                AddedToken(
                    content: piece.text, id: Int32(truncatingIfNeeded: index), isSpecial: piece.role == .control))
        }
        definition.addedTokens.sort { $0.id < $1.id }
        try definition.update(settings, isLlama: convention == .llama)
        if convention == .t5, definition.named.padding == nil { definition.named.padding = "<pad>" }
        self.init(definition)
    }

    /// Llama's way: a space before the text, every space kept, bytes for what is unknown.
    private static func llama(
        _ file: SentencePieceFile, _ settings: TokenizerSettings
    ) throws(DataError) -> Definition {
        var definition = Definition(model: try file.model(fallsBackToBytes: true))
        let isSpaced = try settings.boolean("add_prefix_space") ?? file.addsDummyPrefix
        definition.markSpaces(isSpaced: isSpaced, isLegacy: try settings.boolean("legacy") ?? true)
        if !file.characterMap.isEmpty { definition.normalizers.insert(try file.normalizer(), at: 0) }
        definition.addedTokens = [
            AddedToken(
                content: file.pieces[file.unknown].text, id: Int32(truncatingIfNeeded: file.unknown), isSpecial: true)
        ]
        return definition
    }

    /// T5's way: the characters' table, spaces made one, sentinels behind the pieces, `</s>` behind each text.
    private static func t5(
        _ file: SentencePieceFile, _ settings: TokenizerSettings
    ) throws(DataError) -> Definition {
        var file = file
        let usual = try settings.isT5() ? 100 : 0
        let sentinels = try settings.integer("extra_ids") ?? usual
        guard (0...10_000).contains(sentinels) else {
            throw DataError(
                "'extra_ids' must be from 0 to 10000, not \(sentinels)", at: settings.configuration?.location)
        }
        for index in (0..<sentinels).reversed() {
            file.pieces.append(SentencePieceFile.Piece(text: "<extra_id_\(index)>", role: .control))
        }
        var definition = Definition(model: try file.model(fallsBackToBytes: false))
        if !file.characterMap.isEmpty { definition.normalizers.append(try file.normalizer()) }
        if file.removesExtraWhitespace {
            definition.normalizers.append(SpaceStripper(left: false, right: true))
            definition.normalizers.append(
                TextReplacement(pattern: .expression(.spaces), content: [Metaspace().replacement]))
        }
        let isSpaced = try settings.boolean("add_prefix_space") ?? file.addsDummyPrefix
        let scheme: Metaspace.Scheme = try settings.boolean("legacy") ?? true ? .always : .first
        let space = Metaspace(scheme: isSpaced ? scheme : .never)
        definition.splitters = [space]
        definition.decoders = [space]
        for (index, piece) in file.pieces.enumerated()
        where index == file.unknown || index >= file.pieces.count - sentinels || piece.text.isSpelled(as: "<pad>") {
            definition.addedTokens.append(
                AddedToken(content: piece.text, id: Int32(truncatingIfNeeded: index), isSpecial: true))
        }
        let end = try settings.token("eos_token") ?? "</s>"
        if let id = definition.model.vocabulary.id(of: end) {
            definition.processing.layouts = TextLayouts(
                single: SingleLayout(end: [id]),
                pair: PairLayout(start: [], separator: [id], end: [id], secondType: 0))
        }
        return definition
    }
}

/// Whose tokenizer a SentencePiece model is made into.
enum SentencePieceConvention: Sendable {
    case llama, t5

    /// The convention of a tokenizer's class or a model's type, or the usual one of the file's algorithm.
    init(_ name: String?, _ file: SentencePieceFile, _ settings: TokenizerSettings) throws(DataError) {
        switch name {
        case "LlamaTokenizer", "CodeLlamaTokenizer", "llama", "mistral": self = .llama
        case "T5Tokenizer", "t5", "mt5", "umt5": self = .t5
        case nil, "PreTrainedTokenizer", "gpt2", "bert": self = file.algorithm == .unigram ? .t5 : .llama
        case let other?:
            throw DataError(
                "the kind of tokenizer '\(other)' is not read from a SentencePiece model, only LlamaTokenizer and"
                    + " T5Tokenizer; give a tokenizer.json",
                at: settings.configuration?["tokenizer_class"]?.location ?? file.location)
        }
    }
}
