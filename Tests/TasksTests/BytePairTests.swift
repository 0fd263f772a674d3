import Files
import Foundation
import Testing
import YAML

@testable import Tasks

@Suite("Byte pairs against the reference")
struct BytePairTests {
    /// What `tokenizer_config.json` says for each set of golden cases that is read from vocab.json and merges.txt.
    static let options = [
        "gpt2": #"{"tokenizer_class": "GPT2Tokenizer"}"#,
        "gpt2 spaced": #"{"tokenizer_class": "GPT2TokenizerFast", "add_prefix_space": true}"#,
        "gpt2 begun": #"{"tokenizer_class": "GPT2Tokenizer", "add_bos_token": true}"#,
        "roberta": #"{"tokenizer_class": "RobertaTokenizer"}"#,
        "roberta spaced": #"{"add_prefix_space": true}"#,
    ]

    /// What is written otherwise in tokenizer.json for each set of golden cases that is read from it.
    static let edits: [String: [(String, String)]] = [
        "added": [],
        "added, trimmed": [
            (#""ByteLevel", "add_prefix_space": false"#, #""ByteLevel", "add_prefix_space": true"#),
            (#""trim_offsets": false"#, #""trim_offsets": true"#),
        ],
        "added, trimmed, unspaced": [
            (#""ByteLevel", "add_prefix_space": true, "trim_offsets": false"#, #""ByteLevel", "add_prefix_space": 0"#),
            (#""ByteLevel", "add_prefix_space": false"#, #""ByteLevel", "add_prefix_space": true"#),
            (#""add_prefix_space": 0"#, #""add_prefix_space": false"#),
        ],
        "added, unsplit": [(#""use_regex": true"#, #""use_regex": false"#)],
    ]

    static let folder = "\(Golden.folder)/byte-pairs"

    /// The files that transformers reads where there is no tokenizer.json.
    static func files(_ configuration: String?) throws -> [String: String] {
        var files = [
            "vocab.json": try FileContents.text(at: "\(folder)/vocab.json"),
            "merges.txt": try FileContents.text(at: "\(folder)/merges.txt"),
        ]
        files["tokenizer_config.json"] = configuration
        return files
    }

    @Test("From vocab.json and merges.txt", arguments: options.keys.sorted())
    func vocabularyFile(name: String) throws {
        let tokenizer = try withFolder(Self.files(Self.options[name])) { try TokenizerFolder($0).tokenizer() }
        try expectCases(name, tokenizer)
        #expect(tokenizer.vocabularyCount == 562)
        #expect(tokenizer.maskID == 4)
        #expect(tokenizer.endID == (name.hasPrefix("gpt2") ? 5 : 2))
    }

    @Test("From tokenizer.json, with tokens added to it", arguments: edits.keys.sorted())
    func tokenizerFile(name: String) throws {
        var file = try FileContents.text(at: "\(Self.folder)/tokenizer.json")
        for (old, new) in Self.edits[name] ?? [] {
            #expect(file.contains(old))
            file = file.replacingOccurrences(of: old, with: new)
        }
        let tokenizer = try withFolder(["tokenizer.json": file]) { try TokenizerFolder($0).tokenizer() }
        try expectCases(name, tokenizer)
        #expect(tokenizer.vocabularyCount == 569)
        #expect(tokenizer.endID == 5)
        #expect(tokenizer.id(of: "Naïve Thing") == 562)
        #expect(tokenizer.id(of: "Nai\u{308}ve Thing") == nil)
        #expect(tokenizer.id(of: "Ġthe") != nil && tokenizer.id(of: " the") == nil)
    }

    @Test(
        "WordPiece too",
        arguments: [("bert", "{}"), ("bert, pieces cleaned", #"{"clean_up_tokenization_spaces": false}"#)])
    func wordPiece(name: String, configuration: String) throws {
        let vocabulary = try FileContents.text(at: "\(Golden.folder)/vocab.txt")
        let files = ["vocab.txt": vocabulary, "tokenizer_config.json": configuration]
        let tokenizer = try withFolder(files) { try TokenizerFolder($0).tokenizer() }
        try expectCases(name, tokenizer)
        #expect(tokenizer.maskID == 4 && tokenizer.endID == 3)
        #expect(tokenizer.id(of: "##izer") != nil && tokenizer.id(of: "tokenizer") == nil)
    }

    @Test("Words after the first get a space, the first one where texts do")
    func words() throws {
        let plain = try withFolder(Self.files(Self.options["gpt2"])) { try TokenizerFolder($0).tokenizer() }
        let encoded = plain.encodeWords(["the", "river", " a", ""])
        #expect(encoded == [plain.encode("the").ids, plain.encode(" river").ids, plain.encode(" a").ids, []])
        #expect(encoded[0] != plain.encode(" the").ids)
        #expect(plain.encodeWords([]).isEmpty)
    }

    /// Compares all golden cases under `name`.
    private func expectCases(_ name: String, _ tokenizer: any Tokenizer) throws {
        try expectTokens(
            try #require(try Golden.json("byte_pair_cases.json")[name]), tokenizer, comparesPlain: false)
    }

    @Test("Indices that end inside of a scalar, or that no token has")
    func brokenIndices() throws {
        let tokenizer = try TokenizerFolder(Self.folder).tokenizer()
        for expected in try #require(try Golden.json("byte_pair_cases.json")["broken"]?.elements) {
            let ids = (expected["ids"]?.integers ?? []).compactMap { Int32(exactly: $0) }
            let decoded = tokenizer.decode(ids)
            #expect(decoded.isSame(as: expected["decoded"]?.string), "\(ids): '\(visible(decoded))'")
        }
        #expect(tokenizer.decode([-1, .max, .min]).isEmpty)
    }

    @Test("Long pieces without a break are merged in order")
    func longPieces() throws {
        let tokenizer = try TokenizerFolder(Self.folder).tokenizer()
        for text in [String(repeating: "ab", count: 5_000), String(repeating: "the", count: 3_000)] {
            let encoding = tokenizer.encode(text)
            #expect(tokenizer.decode(encoding.ids) == text)
            #expect(encoding.ranges.last?.upperBound == Int32(text.count))
            #expect(encoding.ids.count < text.count / 2)
        }
    }
}

extension String {
    /// Whether `other` has the same bytes; `==` compares by canonical equivalence.
    func isSame(as other: String?) -> Bool { other.map { utf8.elementsEqual($0.utf8) } ?? false }
}
