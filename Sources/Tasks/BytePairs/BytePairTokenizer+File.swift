import YAML

extension BytePairTokenizer {
    /// Reads a `tokenizer.json`; what `tokenizer_config.json` says about the first space goes before what it says itself.
    init(_ file: Node, _ settings: TokenizerSettings) throws(DataError) {
        let node = try file.member("model", of: "a tokenizer")
        let vocabulary = try node.member("vocab", of: "the tokenizer's model")
        let model = try BytePairModel(vocabulary.pieces(), BytePairModel.Pair.list(node), at: vocabulary.location)
        self.init(model, try Definition(file, settings))
    }

    /// Whether a `tokenizer.json` is of GPT-2's shape, which this tokenizer knows.
    static func reads(_ file: Node) -> Bool {
        guard file["normalizer"]?.isNull ?? true, file["pre_tokenizer"]?["type"]?.string == "ByteLevel",
            file["decoder"]?.isNull ?? true || file["decoder"]?["type"]?.string == "ByteLevel",
            file["post_processor"]?.isNull ?? true
                || ["ByteLevel", "RobertaProcessing", "TemplateProcessing"].contains(
                    file["post_processor"]?["type"]?.string),
            let model = file["model"]
        else { return false }
        let options = ["byte_fallback", "ignore_merges", "continuing_subword_prefix", "end_of_word_suffix", "dropout"]
        return options.allSatisfy { key in
            guard let value = model[key], !value.isNull else { return true }
            return value.boolean == false || value.quotedText?.isEmpty ?? false || value.number == 0
        }
    }
}

extension BytePairModel.Pair {
    /// The merges: texts of two tokens with a space between them, or lists of two tokens.
    static func list(_ model: Node) throws(DataError) -> [Self] {
        var pairs: [Self] = []
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
            pairs.append(Self(left: tokens[0], right: tokens[1], location: node.location))
        }
        return pairs
    }
}

extension BytePairTokenizer.Definition {
    /// Reads all but the model.
    fileprivate init(_ file: Node, _ settings: TokenizerSettings) throws(DataError) {
        self.init()
        let splitter = try file.member("pre_tokenizer", of: "a tokenizer")
        splits = try splitter.optionalBoolean("use_regex", of: "the pre-tokenizer") ?? true
        let isSpaced = try splitter.optionalBoolean("add_prefix_space", of: "the pre-tokenizer") ?? true
        let wantsSpace = try settings.boolean("add_prefix_space")
        addsPrefixSpace = wantsSpace ?? isSpaced
        addedTokens = try AddedToken.list(file)
        named = try NamedTokens(settings)
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
