import Files
import Foundation
import Testing
import YAML

@testable import Tasks

@Suite("Tokenizers that go with a model of another family")
struct TokenizerCopyTests {
    /// The files of a tokenizer, whose class no file names, by their names here and among the golden ones; and the family of the model
    /// that it is for.
    static let cases: [(files: [String: String], family: String)] = [
        (["spiece.model": "pipelines/unigram.model"], "t5"), (["tokenizer.model": "pipelines/bpe.model"], "gpt2"),
        (["tokenizer.model": "pipelines/bpe.model"], "t5"), (["tokenizer.json": "pipelines/llama_old.json"], "llama"),
        (["tokenizer.json": "pipelines/byte_nfc.json"], "mistral"), (["tokenizer.json": "pipelines/t5.json"], "bert"),
        (["vocab.json": "byte-pairs/vocab.json", "merges.txt": "byte-pairs/merges.txt"], "gpt2"),
        (["vocab.txt": "vocab.txt"], "llama"),
    ]

    @Test("are the same in its folder as in their own", arguments: cases.indices)
    func same(index: Int) throws {
        let (files, family) = Self.cases[index]
        try withFolder([:]) { folder in
            for (name, golden) in files {
                try FileContents.data(at: "\(Golden.folder)/\(golden)").write(to: URL(filePath: "\(folder)/\(name)"))
            }
            let own = TokenizerFolder(folder)
            try withFolder(["config.json": "{\"model_type\": \"\(family)\"}"]) { other in
                try own.copy(to: other)
                let (tokenizer, copy) = (try own.tokenizer(), try TokenizerFolder(other).tokenizer())
                #expect(copy.vocabularyCount == tokenizer.vocabularyCount && copy.special == tokenizer.special)
                #expect(copy.singleLayout == tokenizer.singleLayout && copy.pairLayout == tokenizer.pairLayout)
                for text in ["the river's 12 <s> é😀", " a  b", ""] {
                    #expect(copy.encode(text) == tokenizer.encode(text))
                    let ids = tokenizer.encode(text).ids
                    #expect(copy.decode(ids) == tokenizer.decode(ids))
                }
            }
        }
    }

    @Test("are copied as they are for a model of their own family")
    func plain() throws {
        let files = [
            "vocab.txt": try FileContents.text(at: "\(Golden.folder)/vocab.txt"),
            "config.json": "{\"model_type\": \"bert\"}",
        ]
        try withFolder(files) { folder in
            try withFolder(["config.json": "{\"model_type\": \"bert\"}"]) { other in
                try TokenizerFolder(folder).copy(to: other)
                #expect(try Folder.names(in: other).sorted() == ["config.json", "vocab.txt"])
            }
        }
    }
}
