import Files
import Testing
import YAML

@testable import Tasks

@Suite("Characters as tokens")
struct CharacterTests {
    private func tokenizer(_ vocabulary: CharacterVocabulary) throws -> any Tokenizer {
        try withFolder([:]) { folder in
            try vocabulary.write(to: folder)
            return try TokenizerFolder(folder).tokenizer()
        }
    }

    @Test("The file is what the reference writes for the same vocabulary")
    func referenceFile() throws {
        let golden = try Node.json(at: "\(PipelineTests.folder)/characters.json")
        let tokens = try golden.member("model", of: "it").member("vocab", of: "it").pairs.map(\.key)
        let vocabulary = CharacterVocabulary([tokens.dropFirst(3).reversed().joined(), "a a"])
        #expect(vocabulary.tokens == tokens)
        #expect(try JSON(JSONText.parse(vocabulary.tokenizerFile, file: "it")) == JSON(golden))
    }

    @Test("Each character is a token, the end of a text and the mask are others")
    func tokens() throws {
        let tokenizer = try tokenizer(CharacterVocabulary(["To be,\nor not", "\u{0}\"\\\u{212B}\u{C5}😀e\u{301}"]))
        let text = "not to be\n\u{C5}\u{212B}\"\\\u{0}e\u{301}😀"
        let encoding = tokenizer.encode(text)
        #expect(encoding.ids.count == text.unicodeScalars.count && !encoding.ids.contains(0))
        #expect(encoding.ranges == (0..<Int32(encoding.ids.count)).map { $0..<$0 + 1 })
        #expect(tokenizer.decode(encoding.ids).isSame(as: text))
        #expect(tokenizer.endID == 1 && tokenizer.maskID == 2 && tokenizer.special.unknown == 0)
        #expect(tokenizer.singleLayout == SingleLayout())
        #expect(tokenizer.encode("zb<mask>").ids == [0, try #require(tokenizer.id(of: "b")), 2])
        #expect(tokenizer.vocabularyCount == 3 + 17)
        #expect(tokenizer.decode([1, 2, 0], skippingSpecial: true).isEmpty)
    }

    @Test func nothingAtAll() throws {
        let tokenizer = try tokenizer(CharacterVocabulary([]))
        #expect(tokenizer.encode("a").ids == [0] && tokenizer.vocabularyCount == 3)
    }
}
