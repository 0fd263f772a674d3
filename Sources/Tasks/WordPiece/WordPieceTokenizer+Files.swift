import Files
import Foundation
import YAML

extension WordPieceTokenizer {
    /// Whether a `tokenizer.json` is of BERT's shape, which this tokenizer knows.
    static func reads(_ file: Node) -> Bool {
        file["normalizer"]?["type"]?.string == "BertNormalizer"
            && file["pre_tokenizer"]?["type"]?.string == "BertPreTokenizer"
            && ["BertProcessing", "TemplateProcessing"].contains(file["post_processor"]?["type"]?.string)
            && (file["decoder"]?.isNull ?? true || file["decoder"]?["type"]?.string == "WordPiece")
    }

    /// Reads a `tokenizer.json`; what `tokenizer_config.json` says about casing goes before what it says itself.
    init(_ file: Node, _ settings: TokenizerSettings) throws(DataError) {
        let model = try file.member("model", of: "a tokenizer")
        var definition = Definition(
            pieces: try model.member("vocab", of: "the tokenizer's model").pieces(), layouts: try TextLayouts(file))
        definition.unknown = try model.text("unk_token", of: "the tokenizer's model")
        definition.continuation = try model.text("continuing_subword_prefix", of: "the tokenizer's model")
        definition.longestWord = try model.integer("max_input_chars_per_word", of: "the tokenizer's model")
        definition.normalizer = try BertNormalizer(try file.member("normalizer", of: "a tokenizer"))
        definition.addedTokens = try AddedToken.list(file)
        try definition.readDecoder(file)
        definition.named = try NamedTokens(settings)
        definition.decoding.cleansText = try settings.boolean("clean_up_tokenization_spaces") ?? false
        try definition.normalizer.update(settings)
        try self.init(definition, at: model.location)
    }

    /// Reads a `vocab.txt`: one piece per line, its index the line's number from 0.
    init(vocabulary path: String, _ settings: TokenizerSettings) throws(DataError) {
        let text: String
        do { text = try FileContents.text(at: path) } catch { throw DataError(error) }
        let names = try SpecialTokens(settings)
        var pieces: [(text: String, id: Int32)] = []
        var ids: [String: Int32] = [:]
        for (number, line) in text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
        {
            let piece = String(line.last == "\r" ? line.dropLast() : line)
            guard !piece.isEmpty, let id = Int32(exactly: number) else { continue }
            pieces.append((piece, id))
            if names.all.contains(piece) { ids[piece] = id }
        }
        let location = SourceLocation(file: path)
        func id(_ token: String) throws(DataError) -> Int32 {
            guard let id = ids[token] else { throw DataError("the vocabulary has no '\(token)'", at: location) }
            return id
        }

        let separator = try id(names.separator)
        let start = try id(names.start)
        let layouts = TextLayouts(
            single: SingleLayout(start: [start], end: [separator]),
            pair: PairLayout(start: [start], separator: [separator], end: [separator], secondType: 1))
        var definition = Definition(pieces: pieces, layouts: layouts)
        definition.unknown = names.unknown
        definition.named = try NamedTokens(settings)
        definition.named.mask = names.mask
        definition.named.begin = definition.named.begin ?? names.start
        definition.named.padding = names.padding
        definition.decoding.cleansText = try settings.boolean("clean_up_tokenization_spaces") ?? true
        definition.addedTokens = names.all.compactMap { name in
            ids[name].map { AddedToken(content: name, id: $0, isSpecial: true) }
        }
        try definition.normalizer.update(settings)
        try self.init(definition, at: location)
    }

    private init(_ definition: Definition, at location: SourceLocation) throws(DataError) {
        do {
            try self.init(definition)
        } catch {
            throw DataError("the vocabulary has no '\(error.token)', which unknown words become", at: location)
        }
    }
}

extension BertNormalizer {
    /// Reads the `normalizer` of a `tokenizer.json`.
    init(_ node: Node) throws(DataError) {
        let owner = "the normalizer"
        cleansText = try node.optionalBoolean("clean_text", of: owner) ?? true
        separatesChineseCharacters = try node.optionalBoolean("handle_chinese_chars", of: owner) ?? true
        stripsAccents = try node.optionalBoolean("strip_accents", of: owner)
        lowercases = try node.optionalBoolean("lowercase", of: owner) ?? true
    }

    /// Takes over what a `tokenizer_config.json` says.
    mutating func update(_ settings: TokenizerSettings) throws(DataError) {
        lowercases = try settings.boolean("do_lower_case") ?? lowercases
        separatesChineseCharacters = try settings.boolean("tokenize_chinese_chars") ?? separatesChineseCharacters
        if settings.configuration?["strip_accents"] != nil { stripsAccents = try settings.boolean("strip_accents") }
    }
}

extension WordPieceTokenizer.Definition {
    /// Reads the `decoder` of a `tokenizer.json`; where it has none, pieces are joined as usual.
    fileprivate mutating func readDecoder(_ file: Node) throws(DataError) {
        guard let node = file["decoder"], !node.isNull else { return }
        decoding = try WordPieceDecoder(node)
    }
}

/// The names of BERT's special tokens, where `tokenizer_config.json` does not give others.
private struct SpecialTokens {
    var start = "[CLS]"
    var separator = "[SEP]"
    var unknown = "[UNK]"
    var padding = "[PAD]"
    var mask = "[MASK]"

    var all: [String] { [padding, unknown, start, separator, mask] }

    init(_ settings: TokenizerSettings) throws(DataError) {
        start = try settings.token("cls_token") ?? start
        separator = try settings.token("sep_token") ?? separator
        unknown = try settings.token("unk_token") ?? unknown
        padding = try settings.token("pad_token") ?? padding
        mask = try settings.token("mask_token") ?? mask
    }
}
