import Files
import Testing
import YAML

@testable import Tasks

@Suite("WordPiece against the reference")
struct WordPieceTests {
    /// The options of each set of golden cases, as `tokenizer_config.json` writes them.
    static let options = [
        "uncased": "{}",
        "cased": #"{"do_lower_case": false}"#,
        "lower, accents kept": #"{"strip_accents": false}"#,
        "cased, accents stripped": #"{"do_lower_case": false, "strip_accents": true}"#,
        "Chinese unsplit": #"{"tokenize_chinese_chars": false, "strip_accents": null}"#,
    ]

    @Test("From vocab.txt and casing options", arguments: options.keys.sorted())
    func vocabularyFile(name: String) throws {
        let vocabulary = try FileContents.text(at: "\(Golden.folder)/vocab.txt")
        let files = ["vocab.txt": vocabulary, "tokenizer_config.json": try #require(Self.options[name])]
        let tokenizer = try withFolder(files) { try TokenizerFolder($0).tokenizer() }
        try expectCases(name, tokenizer)
    }

    @Test("From tokenizer.json, with tokens added to it")
    func tokenizerFile() throws {
        let tokenizer = try TokenizerFolder(Golden.folder).tokenizer()
        #expect(tokenizer.vocabularyCount == 585)
        #expect(tokenizer.pairLayout == PairLayout(start: [2], separator: [3], end: [3], secondType: 1))
        try expectCases("added", tokenizer)
    }

    /// Compares ids and ranges of all golden cases under `name`.
    private func expectCases(_ name: String, _ tokenizer: any Tokenizer) throws {
        let cases = try #require(try Golden.json("tokenizer_cases.json")[name]?.elements)
        let texts = try cases.map { try #require($0["text"]?.string) }
        for ((text, expected), encoding) in zip(zip(texts, cases), tokenizer.encode(texts)) {
            #expect(encoding.ids.map(Int.init) == expected["ids"]?.integers, "ids of '\(visible(text))'")
            let offsets = encoding.ranges.flatMap { [Int($0.lowerBound), Int($0.upperBound)] }
            #expect(offsets == expected["offsets"]?.integers, "offsets in '\(visible(text))'")
            #expect(encoding == tokenizer.encode(text), "alone and among others: '\(visible(text))'")
        }
    }

    @Test("Every scalar the reference decomposes, drops or lower-cases", arguments: [true, false])
    func scalars(lowercases: Bool) throws {
        let name = lowercases ? "uncased" : "accents stripped"
        let normalizer = BertNormalizer(
            cleansText: false, separatesChineseCharacters: false, stripsAccents: true, lowercases: lowercases)
        for entry in try Golden.json("tokenizer_scalars.json")[name]?.pairs ?? [] {
            let scalar = try #require(UInt32(entry.key, radix: 16).flatMap(Unicode.Scalar.init))
            let outcome = normalizer.normalize(scalar).map { String($0.value, radix: 16) }.joined(separator: " ")
            #expect(outcome == entry.value.string, "U+\(entry.key)")
        }
    }
}

@Suite("Tokenizer files that cannot be read")
struct TokenizerFolderTests {
    static let small = "[PAD]\n[UNK]\n[CLS]\n[SEP]\na\n"

    /// Files of a folder, and the end of the error they give.
    static let broken: [([String: String], String)] = [
        ([:], "neither tokenizer.json nor vocab.json with merges.txt nor vocab.txt nor tokenizer.model"),
        (["vocab.txt": "[UNK]\n[CLS]\na\n"], "vocab.txt: error: the vocabulary has no '[SEP]'"),
        (["vocab.txt": "[SEP]\n[CLS]\na\n"], "the vocabulary has no '[UNK]', which unknown words become"),
        (["vocab.txt": ""], "the vocabulary has no '[SEP]'"),
        (["vocab.txt": small, "tokenizer_config.json": "{"], "tokenizer_config.json:1:2: error:"),
        (
            ["vocab.txt": small, "tokenizer_config.json": #"{"do_lower_case": 1}"#],
            "json:1:19: error: 'do_lower_case' of the tokenizer's configuration must be true or false, not 1"
        ),
        (
            ["tokenizer.json": #"{"model": {"type": "Words", "vocab": []}}"#],
            "json:1:11: error: tokenizers of the kind 'Words' are not read, only WordPiece, BPE, Unigram, WordLevel;"
        ),
        (["tokenizer.json": "{}"], "json:1:1: error: a tokenizer has no 'model'"),
        (["tokenizer.json": "[]"], "json:1:1: error: a tokenizer must be an object with 'model', not a list"),
        (["tokenizer.json": wordPiece(normalizer: "Nmt")], "the normalizer is a Nmt; only BertNormalizer, Low"),
        (["tokenizer.json": wordPiece(preTokenizer: "Words")], "the pre-tokenizer is a Words; only Bert"),
        (
            ["tokenizer.json": wordPiece(post: #"{"type": "RobertaProcessing"}"#)],
            "the post-processor has no 'cls'"
        ),
        (["tokenizer.json": wordPiece(post: "7")], "the post-processor must be an object with 'type', not 7"),
        (["tokenizer.json": wordPiece(id: "-1")], "the index of 'a' must be a token's index, not -1"),
        (["tokenizer.json": wordPiece(id: "99999999999")], "the index of 'a' must be a token's index, not 99999999999"),
        (["tokenizer.json": wordPiece(unknown: "<unk>")], "the vocabulary has no '<unk>', which unknown words become"),
        (["tokenizer.json": wordPiece(post: template(["B", "A"]))], "must have the texts A and B, in this order"),
        (["tokenizer.json": wordPiece(post: template(["A"]))], "must have the texts A and B, the first"),
    ]

    /// A `tokenizer.json` that is right but for what is given.
    static func wordPiece(
        normalizer: String = "BertNormalizer", preTokenizer: String = "BertPreTokenizer",
        post: String = #"{"type": "BertProcessing", "cls": ["[CLS]", 1], "sep": ["[SEP]", 2]}"#,
        vocabulary: String? = nil, id: String = "3", unknown: String = "[UNK]", added: String = "null"
    ) -> String {
        let pieces = vocabulary ?? #"{"[UNK]": 0, "[CLS]": 1, "[SEP]": 2, "a": \#(id)}"#
        return """
            {"normalizer": {"type": "\(normalizer)"}, "pre_tokenizer": {"type": "\(preTokenizer)"},
             "post_processor": \(post), "added_tokens": \(added), "model": {
              "type": "WordPiece", "unk_token": "\(unknown)", "continuing_subword_prefix": "##",
              "max_input_chars_per_word": 100, "vocab": \(pieces)}}
            """
    }

    private static func template(_ names: [String]) -> String {
        let items = names.map { #"{"Sequence": {"id": "\#($0)", "type_id": 0}}"# }.joined(separator: ", ")
        let single = #"[{"Sequence": {"id": "A", "type_id": 0}}]"#
        return #"{"type": "TemplateProcessing", "special_tokens": {}, "single": \#(single), "pair": [\#(items)]}"#
    }

    @Test("Each is an error that says what and where", arguments: broken.indices)
    func refused(index: Int) throws {
        let (files, message) = Self.broken[index]
        try withFolder(files) { folder in
            let error = #expect(throws: DataError.self) { try TokenizerFolder(folder).tokenizer() }
            #expect(error?.description.contains(message) == true, "\(error?.description ?? "none")")
        }
    }

    @Test func theOldPostProcessorIsRead() throws {
        let tokenizer = try withFolder(["tokenizer.json": Self.wordPiece()]) {
            try TokenizerFolder($0).tokenizer()
        }
        #expect(tokenizer.pairLayout == PairLayout(start: [1], separator: [2], end: [2], secondType: 1))
        #expect(tokenizer.encode("A b") == Encoding(ids: [3, 0], ranges: [0..<1, 2..<3]))
    }

    @Test("A vocabulary without letters, or with an empty piece, splits nothing", arguments: ["", "##", "[X]"])
    func emptyVocabulary(piece: String) throws {
        let added = """
            [{"id": 7, "content": "[UNK]"}, {"id": 8, "content": ""}]
            """
        let file = Self.wordPiece(vocabulary: "{\"\(piece)\": 3}", added: added)
        let tokenizer = try withFolder(["tokenizer.json": file]) { try TokenizerFolder($0).tokenizer() }
        #expect(tokenizer.encode("ab [UNK]c") == Encoding(ids: [7, 7, 7], ranges: [0..<2, 3..<8, 8..<9]))
        #expect(tokenizer.vocabularyCount == 9)
    }

    @Test func otherSpecialTokensAreNamedByTheConfiguration() throws {
        let config = #"{"cls_token": "<s>", "sep_token": {"content": "</s>"}, "unk_token": "a"}"#
        let files = ["vocab.txt": "[PAD]\r\n<s>\r\n</s>\r\na\r\n", "tokenizer_config.json": config]
        let tokenizer = try withFolder(files) { try TokenizerFolder($0).tokenizer() }
        #expect(tokenizer.pairLayout == PairLayout(start: [1], separator: [2], end: [2], secondType: 1))
        #expect(tokenizer.encode("x</s>") == Encoding(ids: [3, 2], ranges: [0..<1, 1..<5]))
    }

    @Test func theDigestFollowsTheFilesThatDecide() throws {
        func digest(_ files: [String: String]) throws -> Digest {
            try withFolder(files) { try TokenizerFolder($0).digest(FileDigests(cache: nil)) }
        }
        let plain = try digest(["vocab.txt": Self.small])
        #expect(try digest(["vocab.txt": Self.small, "README.md": "x"]) == plain)
        #expect(try digest(["vocab.txt": Self.small + "b\n"]) != plain)
        #expect(try digest(["vocab.txt": Self.small, "tokenizer_config.json": "{}"]) != plain)
    }
}
