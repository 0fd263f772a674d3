import Files
import YAML

extension BytePairTokenizer {
    /// Reads a `vocab.json` and its `merges.txt`, as GPT-2 or as RoBERTa wants them.
    ///
    /// - Parameters:
    ///   - added: `added_tokens.json`, where there is one.
    init(
        vocabulary file: Node, merges path: String, added: Node?, _ settings: TokenizerSettings
    ) throws(DataError) {
        let model = try BytePairModel(file.pieces(), Self.pairs(at: path), at: file.location)
        let ids = { (token: String) in model.vocabulary.id(of: token) }
        let kind = try Self.kind(settings, in: file)
        var definition = Definition()
        definition.addsPrefixSpace = try settings.boolean("add_prefix_space") ?? false
        switch kind {
        case "GPT2Tokenizer", "GPT2TokenizerFast", "gpt2": try definition.readGPT2(settings, ids, file)
        case "RobertaTokenizer", "RobertaTokenizerFast", "roberta": try definition.readRoBERTa(settings, ids, file)
        default:
            throw DataError(
                "the kind of tokenizer '\(kind)' is not read from vocab.json and merges.txt, only GPT2Tokenizer and"
                    + " RobertaTokenizer; give a tokenizer.json",
                at: settings.configuration?["tokenizer_class"]?.location)
        }
        if let added, case .mapping(let pairs) = added.content {
            for pair in pairs {
                let id = try pair.value.tokenID("the index of '\(pair.key)'")
                definition.addedTokens.append(AddedToken(content: pair.key, id: id))
            }
        }
        try definition.readAddedTokens(settings)
        self.init(model, definition)
    }

    /// The class of the tokenizer, else the model of the checkpoint, else the one whose end token the vocabulary has.
    static func kind(_ settings: TokenizerSettings, in vocabulary: Node) throws(DataError) -> String {
        if let name = try settings.text("tokenizer_class") { return name }
        return try settings.modelType() ?? (vocabulary["</s>"] == nil ? "gpt2" : "roberta")
    }

    /// The lines of a `merges.txt`: two tokens with a space between them; a first line may name the version.
    private static func pairs(at path: String) throws(DataError) -> [BytePairModel.Pair] {
        let text: String
        do { text = try FileContents.text(at: path) } catch { throw DataError(error) }
        var pairs: [BytePairModel.Pair] = []
        let lines = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
        for (number, line) in lines.enumerated() {
            let line = line.last == "\r" ? line.dropLast() : line
            if line.isEmpty || line.starts(with: "#version".unicodeScalars) { continue }
            let location = SourceLocation(file: path, line: number + 1, column: 1)
            let tokens = line.split(separator: " ", omittingEmptySubsequences: false)
            guard tokens.count == 2, !tokens[0].isEmpty, !tokens[1].isEmpty else {
                throw DataError("a merge must be two tokens with one space between them", at: location)
            }
            pairs.append(BytePairModel.Pair(left: String(tokens[0]), right: String(tokens[1]), location: location))
        }
        return pairs
    }
}

extension BytePairTokenizer.Definition {
    /// GPT-2: nothing around texts, but for a first token where `add_bos_token` wants one.
    fileprivate mutating func readGPT2(
        _ settings: TokenizerSettings, _ ids: (String) -> Int32?, _ file: Node
    ) throws(DataError) {
        let usual = "<|endoftext|>"
        named = try NamedTokens(settings)
        named.end = named.end ?? usual
        let start = named.begin ?? usual
        named.begin = start
        for key in ["unk_token", "bos_token", "eos_token", "pad_token", "mask_token"] {
            let token = try settings.token(key) ?? usual
            if let id = ids(token) { addedTokens.append(AddedToken(content: token, id: id, isSpecial: true)) }
        }
        if try settings.boolean("add_bos_token") == true {
            guard let id = ids(start) else { throw DataError("the vocabulary has no '\(start)'", at: file.location) }
            layouts = TextLayouts(
                single: SingleLayout(start: [id]),
                pair: PairLayout(start: [id], separator: [], end: [], secondType: 1))
        }
    }

    /// RoBERTa: `<s>`, text, `</s>`, and a mask that takes the space before it.
    fileprivate mutating func readRoBERTa(
        _ settings: TokenizerSettings, _ ids: (String) -> Int32?, _ file: Node
    ) throws(DataError) {
        let names = [
            ("cls_token", "<s>"), ("sep_token", "</s>"), ("bos_token", "<s>"), ("eos_token", "</s>"),
            ("unk_token", "<unk>"), ("pad_token", "<pad>"), ("mask_token", "<mask>"),
        ]
        var around: [Int32] = []
        for (place, (key, usual)) in names.enumerated() {
            let token = try settings.token(key) ?? usual
            if let id = ids(token) {
                addedTokens.append(AddedToken(content: token, id: id, stripsLeft: key == "mask_token", isSpecial: true))
                if place < 2 { around.append(id) }
            } else if place < 2 {
                throw DataError("the vocabulary has no '\(token)'; give one that has, or its name", at: file.location)
            }
        }
        named = try NamedTokens(settings)
        named.end = named.end ?? "</s>"
        named.begin = named.begin ?? "<s>"
        named.padding = named.padding ?? "<pad>"
        layouts = TextLayouts(start: around[0], doubled: around[1])
        trimming = OffsetTrimming(addsPrefixSpace: addsPrefixSpace)
    }

    /// Takes over `added_tokens_decoder`, which says about each added token what the other files do not.
    fileprivate mutating func readAddedTokens(_ settings: TokenizerSettings) throws(DataError) {
        for token in try settings.addedTokens() {
            addedTokens.removeAll { $0.content.utf8.elementsEqual(token.content.utf8) }
            addedTokens.append(token)
        }
    }
}
