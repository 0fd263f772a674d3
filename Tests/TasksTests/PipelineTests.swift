import Files
import Foundation
import Testing
import YAML

@testable import Tasks

@Suite("Tokenizers step by step against the reference")
struct PipelineTests {
    static let folder = "\(Golden.folder)/pipelines"

    /// The tokenizer.json files beside the golden cases.
    static let names = [
        "llama_old", "llama_new", "llama3", "byte_nfc", "clip", "t5", "albert", "unigram_bytes", "pieces", "levels",
        "prefixed", "characters",
    ]

    static func tokenizer(_ name: String) throws -> any Tokenizer {
        let file = try FileContents.text(at: "\(folder)/\(name).json")
        return try withFolder(["tokenizer.json": file]) { try TokenizerFolder($0).tokenizer() }
    }

    @Test("Whole files", arguments: names)
    func files(name: String) throws {
        let tokenizer = try Self.tokenizer(name)
        let golden = try #require(try Node.json(at: "\(Self.folder)/cases.json")[name])
        try expectTokens(golden, tokenizer)
    }

    /// What `tokenizer_config.json` says for each set of golden cases of a SentencePiece model.
    static let models = [
        "llama": ("bpe.model", #"{"tokenizer_class": "LlamaTokenizer"}"#),
        "llama new": (
            "bpe.model", #"{"tokenizer_class": "LlamaTokenizerFast", "legacy": false, "add_eos_token": true}"#
        ),
        "llama unspaced": ("bpe.model", #"{"add_prefix_space": false, "add_bos_token": false}"#),
        "t5": ("unigram.model", #"{"tokenizer_class": "T5Tokenizer"}"#),
        "t5 new": ("unigram.model", #"{"tokenizer_class": "T5TokenizerFast", "legacy": false, "extra_ids": 7}"#),
    ]

    @Test("SentencePiece models", arguments: models.keys.sorted())
    func sentencePieces(name: String) throws {
        let (file, configuration) = try #require(Self.models[name])
        let data = try FileContents.data(at: "\(Self.folder)/\(file)")
        let tokenizer = try withFolder(["tokenizer_config.json": configuration]) { folder in
            try data.write(to: URL(filePath: "\(folder)/tokenizer.model"))
            return try TokenizerFolder(folder).tokenizer()
        }
        let golden = try #require(try Node.json(at: "\(Self.folder)/models.json")[name])
        try expectTokens(golden, tokenizer)
    }

    /// What `add_prefix_space` does is what these changes of `tokenizer.json` do.
    static let spacings: [(name: String, configuration: String, edits: [(String, String)])] = [
        (
            "llama_old", #"{"tokenizer_class": "LlamaTokenizerFast", "add_prefix_space": false}"#,
            [(#"{"type":"Prepend","prepend":"▁"},"#, ""), (#",{"type":"Strip","content":" ","start":1,"stop":0}"#, "")]
        ),
        ("llama_old", #"{"tokenizer_class": "LlamaTokenizer", "add_prefix_space": true}"#, []),
        (
            "llama_new", #"{"tokenizer_class": "LlamaTokenizer", "add_prefix_space": false, "legacy": false}"#,
            [
                (#""prepend_scheme":"first""#, #""prepend_scheme":"never""#),
                (
                    #""decoder":{"type":"Metaspace","replacement":"▁","prepend_scheme":"never","split":true}"#,
                    #""decoder":{"type":"Sequence","decoders":[{"type":"Replace","pattern":{"String":"▁"},"content":" "},"#
                        + #"{"type":"ByteFallback"},{"type":"Fuse"}]}"#
                ),
            ]
        ),
        (
            "t5", #"{"tokenizer_class": "T5TokenizerFast", "add_prefix_space": false}"#,
            [(#""prepend_scheme":"always""#, #""prepend_scheme":"never""#)]
        ),
    ]

    @Test("Whether a space is put before texts is as the settings say", arguments: spacings.indices)
    func spacing(index: Int) throws {
        let (name, configuration, edits) = Self.spacings[index]
        let file = try FileContents.text(at: "\(Self.folder)/\(name).json")
        var changed = file
        for (old, new) in edits {
            try #require(changed.contains(old), "\(old) is not in \(name).json")
            changed = changed.replacingOccurrences(of: old, with: new)
        }
        func tokenizer(_ file: String, _ configuration: String) throws -> any Tokenizer {
            try withFolder(["tokenizer.json": file, "tokenizer_config.json": configuration]) {
                try TokenizerFolder($0).tokenizer()
            }
        }
        let plain = configuration.replacingOccurrences(
            of: #", "add_prefix_space": (true|false)"#, with: "", options: .regularExpression)
        let (found, wanted) = (try tokenizer(file, configuration), try tokenizer(changed, plain))
        for text in ["the river", " the  river", "", "<s>the</s> river", "a 😀"] {
            let encoding = found.encode(text)
            #expect(encoding == wanted.encode(text), "'\(text)'")
            #expect(found.decode(encoding.ids) == wanted.decode(encoding.ids), "'\(text)'")
        }
        if !edits.isEmpty { #expect(found.encode("the river") != (try tokenizer(file, plain).encode("the river"))) }
    }

    @Test("A space before texts is not for every tokenizer")
    func noSpacing() throws {
        let file = try FileContents.text(at: "\(Self.folder)/llama3.json")
        let configuration = #"{"tokenizer_class": "LlamaTokenizer", "add_prefix_space": false}"#
        let error = #expect(throws: DataError.self) {
            try withFolder(["tokenizer.json": file, "tokenizer_config.json": configuration]) {
                try TokenizerFolder($0).tokenizer()
            }
        }
        #expect(error?.description.contains("tokenizer_config.json:1:") == true)
        #expect(error?.message.contains("'add_prefix_space' is of SentencePiece's tokenizers") == true)
    }
}

@Suite("Single steps of tokenizers against the reference")
struct PipelineStepTests {
    static func steps(_ kind: String) throws -> [(name: String, step: Node, texts: [Node])] {
        let golden = try Node.json(at: "\(PipelineTests.folder)/steps.json")
        return try (golden[kind]?.pairs ?? []).map { pair in
            (pair.key, try #require(pair.value["step"]), pair.value["texts"]?.elements ?? [])
        }
    }

    /// The texts that the steps were asked about, which the cases of any tokenizer begin with.
    static func texts() throws -> [String] {
        let cases = try Node.json(at: "\(PipelineTests.folder)/cases.json")["characters"]?["texts"]?.elements ?? []
        return cases.compactMap { $0["text"]?.string }
    }

    @Test func normalizers() throws {
        let texts = try Self.texts()
        let steps = try Self.steps("normalizers")
        #expect(steps.count == 13)
        for (name, step, expected) in steps {
            let normalizers = try ComponentKind.list(
                step, normalizerKinds, of: "the normalizer", sequence: "normalizers")
            for (text, expected) in zip(texts, expected) {
                let found = [AlignedScalar].spelling(of: text) { scalars in
                    for normalizer in normalizers { normalizer.normalize(&scalars) }
                }
                let normalized = String(String.UnicodeScalarView(found.compactMap(Unicode.Scalar.init)))
                #expect(
                    normalized.isSame(as: expected.string), "\(name): '\(visible(normalized))' of '\(visible(text))'")
            }
        }
    }

    @Test func splitters() throws {
        let texts = try Self.texts()
        let steps = try Self.steps("splitters")
        #expect(steps.count == 35)
        for (name, step, expected) in steps {
            let splitters = try ComponentKind.list(
                step, splitterKinds, of: "the pre-tokenizer", sequence: "pretokenizers")
            for (text, expected) in zip(texts, expected) {
                var split = SplitText([AlignedScalar](aligning: text.unicodeScalars), origin: 0)
                for splitter in splitters { splitter.split(&split) }
                let pieces = split.pieces.map { piece in
                    let scalars = split.scalars[piece]
                    let text = String(String.UnicodeScalarView(scalars.compactMap { Unicode.Scalar($0.value) }))
                    return "\(visible(text)) \(scalars.first?.start ?? 0) \(scalars.last?.end ?? 0)"
                }
                let wanted = (expected.elements ?? []).map { piece in
                    let parts = piece.elements ?? []
                    return "\(visible(parts[0].string ?? "")) \(parts[1].integer ?? 0) \(parts[2].integer ?? 0)"
                }
                #expect(pieces == wanted, "\(name): '\(visible(text))'")
            }
        }
    }
}
