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

    /// Compares all golden cases of one tokenizer.
    private func expectTokens(_ golden: Node, _ tokenizer: any Tokenizer) throws {
        let cases = try golden.list("texts", of: "a golden set")
        let texts = try cases.map { try #require($0["text"]?.string) }
        for ((text, expected), encoding) in zip(zip(texts, cases), tokenizer.encode(texts)) {
            #expect(encoding.ids.map(Int.init) == expected["ids"]?.integers, "ids of '\(visible(text))'")
            let offsets = encoding.ranges.flatMap { [Int($0.lowerBound), Int($0.upperBound)] }
            #expect(offsets == expected["offsets"]?.integers, "offsets in '\(visible(text))'")
            let decoded = tokenizer.decode(encoding.ids)
            #expect(decoded.isSame(as: expected["decoded"]?.string), "'\(visible(decoded))' of '\(visible(text))'")
            let plain = tokenizer.decode(encoding.ids, skippingSpecial: true)
            let expectedPlain = expected["plain"]?.string ?? expected["decoded"]?.string
            #expect(plain.isSame(as: expectedPlain), "'\(visible(plain))' of '\(visible(text))'")
            #expect(encoding == tokenizer.encode(text), "alone and among others: '\(visible(text))'")
            var stream = TextStream(tokenizer, skippingSpecial: false)
            let parts = encoding.ids.map { stream.append($0) }
            #expect((parts.joined() + stream.finish()).isSame(as: decoded), "streamed: '\(visible(text))'")
        }
        for expected in try golden.list("words", of: "a golden set") {
            let words = (expected["words"]?.elements ?? []).compactMap(\.string)
            let ids = tokenizer.encodeWords(words).map { $0.map(Int.init) }
            #expect(ids == expected["ids"]?.elements?.map(\.integers), "\(words)")
        }
        for expected in try golden.list("single", of: "a golden set") {
            let layout = tokenizer.singleLayout
            let ids = layout.start + tokenizer.encode(try expected.text("text", of: "a case")).ids + layout.end
            #expect(ids.map(Int.init) == expected["ids"]?.integers)
        }
        for expected in try golden.list("pairs", of: "a golden set") {
            let texts = try expected.list("texts", of: "a case").map { tokenizer.encode($0.string ?? "").ids }
            let layout = tokenizer.pairLayout
            let first = layout.start + texts[0] + layout.separator
            let second = layout.opening + texts[1] + layout.end
            let types = first.map { _ in 0 } + second.map { _ in Int(layout.secondType) }
            #expect((first + second).map(Int.init) == expected["ids"]?.integers)
            #expect(types == expected["types"]?.integers)
        }
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
