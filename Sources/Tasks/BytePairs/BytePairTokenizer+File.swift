import YAML

extension BytePairTokenizer {
    /// Reads a `tokenizer.json`; what `tokenizer_config.json` says about the first space goes before what it says itself.
    init(_ file: Node, _ settings: TokenizerSettings) throws(DataError) {
        let node = try file.member("model", of: "a tokenizer")
        let vocabulary = try node.member("vocab", of: "the tokenizer's model")
        try Self.refuseOptions(node)
        let model = try BytePairModel(vocabulary.pieces(), Self.pairs(node), at: vocabulary.location)
        self.init(model, try Definition(file, settings))
    }

    /// Refuses what would change the tokens and is not done here.
    private static func refuseOptions(_ model: Node) throws(DataError) {
        let owner = "the tokenizer's model"
        for key in ["byte_fallback", "ignore_merges"] where try model.optionalBoolean(key, of: owner) == true {
            throw refused("'\(key)'", model[key])
        }
        for key in ["continuing_subword_prefix", "end_of_word_suffix"] {
            if try model.optionalText(key, of: owner)?.isEmpty == false { throw refused("a '\(key)'", model[key]) }
        }
        if let dropout = model["dropout"], !dropout.isNull, dropout.number != 0 { throw refused("'dropout'", dropout) }
    }

    private static func refused(_ what: String, _ node: Node?) -> DataError {
        DataError("byte-pair tokenizers with \(what) are not read; choose another checkpoint", at: node?.location)
    }

    /// The merges: texts of two tokens with a space between them, or lists of two tokens.
    private static func pairs(_ model: Node) throws(DataError) -> [BytePairModel.Pair] {
        var pairs: [BytePairModel.Pair] = []
        for node in try model.list("merges", of: "the tokenizer's model") {
            let tokens: [String]
            if let elements = node.elements {
                tokens = elements.compactMap(\.quotedText)
            } else {
                tokens = (node.quotedText ?? "").unicodeScalars.split(separator: " ", omittingEmptySubsequences: false)
                    .map { String($0) }
            }
            guard tokens.count == 2, node.elements?.count ?? 2 == 2 else {
                throw node.mistake(expected: "a merge must be two tokens")
            }
            pairs.append(BytePairModel.Pair(left: tokens[0], right: tokens[1], location: node.location))
        }
        return pairs
    }
}

extension BytePairTokenizer.Definition {
    /// Reads all but the model.
    fileprivate init(_ file: Node, _ settings: TokenizerSettings) throws(DataError) {
        self.init()
        if let normalizer = file["normalizer"], !normalizer.isNull {
            let type = try normalizer.text("type", of: "the normalizer")
            throw DataError(
                "the normalizer \(type) is not done with byte pairs; choose another checkpoint",
                at: normalizer.location)
        }
        let splitter = try file.member("pre_tokenizer", of: "a tokenizer")
        try splitter.expectType("ByteLevel", of: "the pre-tokenizer", with: "byte pairs")
        splits = try splitter.optionalBoolean("use_regex", of: "the pre-tokenizer") ?? true
        let isSpaced = try splitter.optionalBoolean("add_prefix_space", of: "the pre-tokenizer") ?? true
        let wantsSpace = try settings.boolean("add_prefix_space")
        addsPrefixSpace = wantsSpace ?? isSpaced
        if let decoder = file["decoder"], !decoder.isNull {
            try decoder.expectType("ByteLevel", of: "the decoder", with: "byte pairs")
        }
        addedTokens = try AddedToken.list(file)
        mask = try settings.token("mask_token") ?? mask
        end = try settings.token("eos_token")
        if let node = file["post_processor"], !node.isNull { try readLayouts(node, wantsSpace) }
    }

    /// Reads the `post_processor`; RoBERTa's follows what the configuration says about the first space.
    private mutating func readLayouts(_ node: Node, _ wantsSpace: Bool?) throws(DataError) {
        let owner = "the post-processor"
        let type = try node.text("type", of: owner)
        switch type {
        case "ByteLevel", "RobertaProcessing":
            let isSpaced = try node.optionalBoolean("add_prefix_space", of: owner) ?? true
            if try node.optionalBoolean("trim_offsets", of: owner) ?? true {
                trimming = OffsetTrimming(addsPrefixSpace: type == "ByteLevel" ? isSpaced : wantsSpace ?? isSpaced)
            }
            if type == "ByteLevel" { return }
            layouts = TextLayouts(start: try node.specialToken("cls"), doubled: try node.specialToken("sep"))
        case "TemplateProcessing":
            layouts = try TextLayouts(template: node)
        default:
            throw DataError(
                "post-processors of the type '\(type)' are not read with byte pairs, only ByteLevel, RobertaProcessing"
                    + " and TemplateProcessing; choose another checkpoint", at: node.location)
        }
    }
}

extension TextLayouts {
    /// RoBERTa's: two separators between the texts, and one segment.
    init(start: Int32, doubled separator: Int32) {
        self.init(
            single: SingleLayout(start: [start], end: [separator]),
            pair: PairLayout(start: [start], separator: [separator, separator], end: [separator], secondType: 0))
    }
}
