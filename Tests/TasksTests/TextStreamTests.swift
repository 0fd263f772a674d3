import Files
import Testing
import YAML

@testable import Tasks

@Suite("Text token by token")
struct TextStreamTests {
    /// What is given out after each token, and at the end.
    private func parts(_ tokenizer: any Tokenizer, _ ids: [Int32]) -> [String] {
        var stream = TextStream(tokenizer)
        return ids.map { stream.append($0) } + [stream.finish()]
    }

    @Test("Bytes of a character wait for each other")
    func byteLevel() throws {
        let tokenizer = try PipelineTests.tokenizer("llama3")
        let ids = tokenizer.encode("é中😀").ids
        #expect(ids.count == 9)
        #expect(parts(tokenizer, ids) == ["", "é", "", "", "中", "", "", "", "😀", ""])
        // What never becomes a character is told in the end, or when another one begins.
        #expect(parts(tokenizer, [ids[2], ids[3]]) == ["", "", "\u{FFFD}"])
        let broken = parts(tokenizer, [ids[2], ids[0], ids[1], ids[1]])
        #expect(broken.joined() == tokenizer.decode([ids[2], ids[0], ids[1], ids[1]]))
    }

    @Test("Bytes that spell what a vocabulary lacks wait for the end of their row")
    func fallback() throws {
        let tokenizer = try PipelineTests.tokenizer("llama_old")
        let ids = tokenizer.encode("a 😀b").ids
        let given = parts(tokenizer, ids)
        #expect(given.joined() == "a 😀b")
        #expect(given.suffix(6) == ["", "", "", "", "😀b", ""])
        #expect(parts(tokenizer, Array(ids.dropLast(2))).last == "\u{FFFD}\u{FFFD}\u{FFFD}")
    }

    @Test("Special tokens are left out unless they are wanted")
    func special() throws {
        let tokenizer = try PipelineTests.tokenizer("llama_old")
        let ids = [1] + tokenizer.encode("the river").ids + [2]
        #expect(parts(tokenizer, ids).joined() == "the river")
        var stream = TextStream(tokenizer, skippingSpecial: false)
        #expect((ids.map { stream.append($0) }.joined() + stream.finish()).hasSuffix("the river</s>"))
    }

    @Test(
        "Long texts come as they are decoded, of whatever tokens",
        arguments: PipelineTests.names + ["byte pairs", "word pieces"])
    func long(name: String) throws {
        let tokenizer: any Tokenizer
        switch name {
        case "byte pairs":
            tokenizer = try withFolder(BytePairTests.files("{}")) { try TokenizerFolder($0).tokenizer() }
        case "word pieces":
            let vocabulary = try FileContents.text(at: "\(Golden.folder)/vocab.txt")
            tokenizer = try withFolder(["vocab.txt": vocabulary]) { try TokenizerFolder($0).tokenizer() }
        default: tokenizer = try PipelineTests.tokenizer(name)
        }
        let text = String(repeating: "The river 's 12 é中😀, isn ' t it ? i ' ' m <s> so .\n", count: 12)
        for ids in [tokenizer.encode(text).ids, (0..<400).map { Int32($0 * 37 % tokenizer.vocabularyCount) }] {
            #expect(ids.count > 100)
            #expect(parts(tokenizer, ids).joined().isSame(as: tokenizer.decode(ids, skippingSpecial: true)))
        }
    }

    @Test("Pieces that cleaning may still join wait, whatever comes")
    func wordPieces() throws {
        let vocabulary = try FileContents.text(at: "\(Golden.folder)/vocab.txt")
        let tokenizer = try withFolder(["vocab.txt": vocabulary]) { try TokenizerFolder($0).tokenizer() }
        for text in ["i ' m here , you ' re n't !", "the river ' s", "a . b ? c"] {
            let ids = tokenizer.encode(text).ids
            #expect(parts(tokenizer, ids).joined() == tokenizer.decode(ids, skippingSpecial: true))
        }
    }
}
