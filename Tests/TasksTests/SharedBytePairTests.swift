import Files
import Foundation
import Testing
import YAML

@testable import Tasks

/// Checks on public vocabularies and texts, which are not part of the project: `PEFTEXP_SHARED` names the folder.
@Suite("Real data, byte pairs", .enabled(if: ProcessInfo.processInfo.environment["PEFTEXP_SHARED"] != nil))
struct SharedBytePairTests {
    let data = (ProcessInfo.processInfo.environment["PEFTEXP_SHARED"] ?? "") + "/data"

    private func ids(_ node: Node?) -> [Int32] { (node?.integers ?? []).compactMap { Int32(exactly: $0) } }

    /// GPT-2 from tokenizer.json, and from vocab.json and merges.txt.
    private func tokenizers() throws -> [any Tokenizer] {
        let gpt2 = "\(data)/tokenizers/gpt2"
        let files = [
            "vocab.json": try FileContents.text(at: "\(gpt2)/vocab.json"),
            "merges.txt": try FileContents.text(at: "\(gpt2)/merges.txt"),
        ]
        return [
            try TokenizerFolder(gpt2).tokenizer(), try withFolder(files) { try TokenizerFolder($0).tokenizer() },
        ]
    }

    @Test("Every known vector of GPT-2 and its kin, and what it decodes to")
    func vectors() throws {
        for tokenizer in try tokenizers() {
            #expect(tokenizer.vocabularyCount == 50_257 && tokenizer.endID == 50_256 && tokenizer.maskID == nil)
            let file = try Node.json(at: "\(data)/vectors/tokenizer_tests.json")
            var count = 0
            // Whisper's English vocabulary is GPT-2's, with two tokens before each text and one behind it.
            for (name, dropped) in [("distilgpt2", (0, 0)), ("openai/whisper-tiny.en", (2, 1))] {
                for node in try file.list(name, of: "the vectors") {
                    let text = try node.text("input", of: "a vector")
                    let expected = ids(node["encoded"]?["input_ids"]).dropFirst(dropped.0).dropLast(dropped.1)
                    let found = tokenizer.encode(text).ids
                    #expect(found == Array(expected), "'\(text)'")
                    // The vectors' texts were cleaned of spaces in front of punctuation.
                    let cleaned = tokenizer.decode(found).replacing(" !!", with: "!!")
                    if dropped == (0, 0) { #expect(cleaned.isSame(as: node["decoded_with_special"]?.string)) }
                    count += 1
                }
            }
            #expect(count == 36)
            let french = try Node.json(at: "\(data)/vectors/gpt2_encoded_tokens.json")
            let found = tokenizer.encode(try french.text("text", of: "a vector")).ids
            #expect(found == ids(french["token_ids"]) && found.count == 221)
            #expect(found == (french["bpe_tokens"]?.elements ?? []).map { $0.string.flatMap(tokenizer.id) })
            #expect(tokenizer.decode(found).isSame(as: french["decoded_text"]?.string))
        }
    }

    @Test("RoBERTa's vocabulary with the same merges has the same tokens")
    func roberta() throws {
        let gpt2 = try tokenizers()[0]
        let files = [
            "vocab.json": try FileContents.text(at: "\(data)/tokenizers/roberta-base/vocab.json"),
            "merges.txt": try FileContents.text(at: "\(data)/tokenizers/gpt2/merges.txt"),
        ]
        let tokenizer = try withFolder(files) { try TokenizerFolder($0).tokenizer() }
        #expect(tokenizer.singleLayout == SingleLayout(start: [0], end: [2]))
        #expect(tokenizer.maskID == 50_264 && tokenizer.endID == 2)
        let text = try FileContents.text(at: "\(data)/text/wikitext2-valid.txt").replacingOccurrences(
            of: "<unk>", with: "?")
        let found = tokenizer.encode(text)
        #expect(tokenizer.decode(found.ids) == text)
        #expect(found.ids.count == gpt2.encode(text).ids.count)
        // `Hello world` as the checkpoint's card has it.
        #expect(tokenizer.encode("Hello world").ids == [31414, 232])
    }

    @Test("Texts come back from their tokens, and offsets follow each other")
    func roundTrips() throws {
        let tokenizer = try tokenizers()[1]
        var texts: [String] = []
        for name in ["tinyshakespeare", "wikitext2-valid", "wikitext2-test"] {
            texts.append(try FileContents.text(at: "\(data)/text/\(name).txt"))
        }
        texts += try SQuADFile(try Node.json(at: "\(data)/cmrc2018/trial.json")).questions.contexts
        for (text, encoding) in zip(texts, tokenizer.encode(texts)) {
            #expect(tokenizer.decode(encoding.ids).isSame(as: text), "\(text.prefix(20))")
            #expect(encoding.ranges.first?.lowerBound == 0)
            #expect(encoding.ranges.last?.upperBound == Int32(text.unicodeScalars.count))
            #expect(zip(encoding.ranges, encoding.ranges.dropFirst()).allSatisfy { $1.lowerBound >= $0.upperBound - 1 })
        }
    }
}
