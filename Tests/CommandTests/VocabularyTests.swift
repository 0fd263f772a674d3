import Files
import Foundation
import Testing
import YAML

/// Tokenizers of every kind with a model that embeds fewer tokens.
@Suite("A vocabulary larger than the embedding")
struct VocabularyTests {
    /// The files of a tokenizer of each kind, by their names here and among the golden ones.
    static let kinds = [
        ["vocab.txt": "vocab.txt"], ["tokenizer.json": "tokenizer.json"],
        ["vocab.json": "byte-pairs/vocab.json", "merges.txt": "byte-pairs/merges.txt"],
        ["tokenizer.json": "byte-pairs/tokenizer.json"], ["tokenizer.json": "pipelines/llama_old.json"],
        ["tokenizer.json": "pipelines/pieces.json"], ["tokenizer.json": "pipelines/levels.json"],
        ["tokenizer.json": "pipelines/t5.json"], ["tokenizer.model": "pipelines/bpe.model"],
        ["spiece.model": "pipelines/unigram.model"],
    ]

    private static let manifest = """
        name: tiny
        model:
          config: {model_type: gpt2, n_layer: 1, n_head: 2, n_embd: 8, n_positions: 32, vocab_size: 7}
          tokenizer: words
          init: random
        task: {task_type: CAUSAL_LM, max_seq_length: 16}
        data: {format: text, train: text.txt}
        peft: {peft_type: FULL}
        train: {max_steps: 1}

        """

    /// A workplace with the manifest and the tokenizer's `files`.
    private func with(_ files: [String: String], _ body: (Workplace) throws -> Void) throws {
        try Workplace.with { place in
            let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            try Folder.make(place.file("words"))
            for (name, golden) in files {
                try FileManager.default.copyItem(
                    atPath: tests.appending(path: "TasksTests/Golden/\(golden)").path,
                    toPath: place.file("words/\(name)"))
            }
            try place.write("the river runs, and the king plays\n", to: "text.txt")
            try place.write(Self.manifest, to: "tiny.yaml")
            try body(place)
        }
    }

    @Test("is refused at its key before anything starts, of each kind of tokenizer", arguments: kinds)
    func refused(files: [String: String]) throws {
        try with(files) { place in
            let ending = try place.run("run", "tiny.yaml")
            #expect(ending.status == 2 && ending.talk.contains("tiny.yaml:4:14: error: "), "\(ending.talk)")
            let words = ending.talk.split(separator: " ")
            let count = try #require(words.firstIndex(of: "vocabulary").flatMap { Int(words[$0 + 2]) })
            #expect(ending.talk.contains("has \(count) tokens, the model embeds 7; they belong to different models"))
            #expect(try place.run("plan", "tiny.yaml", "model.config.vocab_size=\(count - 1)").status == 2)
            try place.succeed("plan", "tiny.yaml", "model.config.vocab_size=\(count)")
        }
    }

    @Test("is refused too where the tokens are the characters of the text")
    func characters() throws {
        try with([:]) { place in
            let ending = try place.run("run", "tiny.yaml", "model.tokenizer=characters")
            #expect(ending.status == 2 && ending.talk.contains("the model embeds 7; they belong"), "\(ending.talk)")
        }
    }

    @Test("is refused where a text is to be written")
    func generating() throws {
        try with(["tokenizer.json": "byte-pairs/tokenizer.json"]) { place in
            try place.succeed("run", "tiny.yaml", "model.config.vocab_size=569")
            let model = "\(try place.runFolder())/model"
            try place.edit("\(model)/tokenizer.json", ["\"id\": 568": "\"id\": 569"])
            let ending = try place.run("generate", model, "--prompt", "the")
            #expect(
                ending.status == 1 && ending.talk.contains("has 570 tokens, the model embeds 569"), "\(ending.talk)")
        }
    }
}
