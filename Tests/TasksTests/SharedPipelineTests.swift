import Files
import Foundation
import Testing
import YAML

@testable import Tasks

/// Checks on public vocabularies and texts, which are not part of the project: `PEFTEXP_SHARED` names the folder.
@Suite("Real data, tokenizers step by step", .enabled(if: ProcessInfo.processInfo.environment["PEFTEXP_SHARED"] != nil))
struct SharedPipelineTests {
    let shared = ProcessInfo.processInfo.environment["PEFTEXP_SHARED"] ?? ""
    var data: String { shared + "/data" }

    private func ids(_ node: Node?) -> [Int32] { (node?.integers ?? []).compactMap { Int32(exactly: $0) } }

    /// Llama's tokenizer from tokenizer.json, and from the SentencePiece model alone.
    private func llamas() throws -> [any Tokenizer] {
        let model = try PipelineTokenizer(
            SentencePieceFile("\(data)/tokenizers/llama/tokenizer.model"), TokenizerSettings())
        return [try TokenizerFolder("\(data)/tokenizers/llama").tokenizer(), model]
    }

    /// Every text of the collection; what is spelled like an added token, which takes the space before it, is not.
    private func texts() throws -> [String] {
        var texts = try ["tinyshakespeare", "wikitext2-valid", "wikitext2-test"].map {
            try FileContents.text(at: "\(data)/text/\($0).txt").replacingOccurrences(of: "<unk>", with: "<?>")
        }
        texts += try SQuADFile(try Node.json(at: "\(data)/cmrc2018/trial.json")).questions.contexts
        return texts
    }

    @Test("Every known vector of Llama, and what it decodes to")
    func llamaVectors() throws {
        for tokenizer in try llamas() {
            #expect(tokenizer.vocabularyCount == 32_000 && tokenizer.singleLayout == SingleLayout(start: [1]))
            #expect(tokenizer.special.begin == 1 && tokenizer.endID == 2 && tokenizer.special.unknown == 0)
            let file = try Node.json(at: "\(data)/vectors/tokenizer_tests.json")
            for node in try file.list("coreml-projects/Llama-2-7b-chat-coreml", of: "the vectors") {
                let text = try node.text("input", of: "a vector")
                let found = tokenizer.singleLayout.start + tokenizer.encode(text).ids
                #expect(found == ids(node["encoded"]?["input_ids"]), "'\(text)'")
                #expect(tokenizer.decode(Array(found.dropFirst())).isSame(as: text), "'\(text)'")
            }
            let french = try Node.json(at: "\(data)/vectors/llama_encoded.json")
            let text = try french.text("text", of: "a vector")
            let found = tokenizer.singleLayout.start + tokenizer.encode(text).ids
            #expect(found == ids(french["token_ids"]) && found.count == 194)
            #expect(tokenizer.decode(Array(found.dropFirst())).isSame(as: text))
        }
    }

    @Test("Every known vector of T5")
    func t5Vectors() throws {
        let tokenizer = try TokenizerFolder("\(data)/tokenizers/t5").tokenizer()
        #expect(tokenizer.singleLayout == SingleLayout(end: [1]) && tokenizer.endID == 1)
        let file = try Node.json(at: "\(data)/vectors/tokenizer_tests.json")
        for node in try file.list("t5-base", of: "the vectors") {
            let text = try node.text("input", of: "a vector")
            let found = tokenizer.encode(text).ids + tokenizer.singleLayout.end
            #expect(found == ids(node["encoded"]?["input_ids"]), "'\(text)'")
        }
        let french = try Node.json(at: "\(data)/vectors/t5_base_encoded.json")
        let found = tokenizer.encode(try french.text("text", of: "a vector")).ids + tokenizer.singleLayout.end
        #expect(found == ids(french["token_ids"]) && found.count == 201)
        #expect(
            tokenizer.decode(Array(found.dropLast())).isSame(
                as: french["decoded_text"]?.string?.replacingOccurrences(of: "</s>", with: "")))
    }

    @Test("The first words of the small language model of stories")
    func stories() throws {
        let tokenizer = try TokenizerFolder("\(shared)/models/stories260k").tokenizer()
        #expect(tokenizer.singleLayout == SingleLayout(start: [1]) && tokenizer.endID == 2)
        #expect(tokenizer.singleLayout.start + tokenizer.encode("Once upon a time").ids == [1, 403, 407, 261, 378])
        #expect(tokenizer.decode([1, 403, 407, 261, 378], skippingSpecial: true) == "Once upon a time")
        #expect(tokenizer.decode([1, 403, 407, 261, 378]) == "<s> Once upon a time")
    }

    @Test("Texts come back from Llama's tokens, at once and token by token; both of its files agree")
    func roundTrips() throws {
        let texts = try texts()
        let llamas = try llamas()
        let encodings = llamas[0].encode(texts)
        #expect(llamas[1].encode(texts) == encodings)
        for (text, encoding) in zip(texts, encodings) {
            #expect(llamas[0].decode(encoding.ids).isSame(as: text), "\(text.prefix(20))")
            #expect(encoding.ranges.last?.upperBound == Int32(text.unicodeScalars.count))
        }
        for (text, encoding) in zip(texts, encodings).suffix(20) {
            var stream = TextStream(llamas[0])
            let parts = encoding.ids.map { stream.append($0) }
            #expect((parts.joined() + stream.finish()).isSame(as: text))
        }
    }

    @Test("Texts come back from the tokens of the stories' model, which spells by bytes what it lacks")
    func storiesRoundTrips() throws {
        let tokenizer = try TokenizerFolder("\(shared)/models/stories260k").tokenizer()
        for text in try texts().suffix(60) {
            #expect(tokenizer.decode(tokenizer.encode(text).ids).isSame(as: text), "\(text.prefix(20))")
        }
    }
}
