import Configuration
import Models
import NN
import Tensors
import Testing
import Tuners

@testable import Generation

@Suite("Generator")
struct GeneratorTests {
    private func model(_ peft: String = "{peft_type: FULL}", backbone: String = "gpt2") throws -> TunedModel {
        let config = try #require(CacheTests.configurations[backbone])
        return try #require(try GenerationModel(config: config, peft: peft)?.model)
    }

    private func settings(_ change: (inout GenerationSettings) -> Void) -> GenerationSettings {
        var settings = GenerationSettings()
        settings.maxNewTokens = 20
        change(&settings)
        return settings
    }

    @Test("what is drawn depends on the seed and on the prompt's number, not on threads nor on other prompts")
    func draws() throws {
        let (model, drawn) = (
            try model(),
            settings {
                $0.samples = true
                $0.sequenceCount = 3
            }
        )
        let prompts = (0..<9).map { number in prompt((0...number).map { Int32(($0 * 5 + number) % 61) }) }
        let generator = try Generator(model, drawn)
        let all = try generator.generate(prompts, seed: 4)
        #expect(try Parallel.$threadCount.withValue(1) { try generator.generate(prompts, seed: 4) } == all)
        #expect(try generator.generate(Array(prompts[..<4]), seed: 4) == Array(all[..<4]))
        #expect(try generator.generate(prompts, seed: 5) != all)
        #expect(Set(all.flatMap { $0 }.map(\.tokens)).count == 27)
    }

    @Test("a text ends with the end token, which is no part of it")
    func endToken() throws {
        let model = try model()
        let free = try Generator(model, settings { _ in }).generate(CacheTests.prompts, seed: 0).map { $0[0] }
        #expect(free.allSatisfy { $0.ending == .length && $0.tokens.count == 20 })
        let end = free[0].tokens[7]
        let ended = try Generator(model, settings { _ in }, endIDs: [end]).generate(CacheTests.prompts, seed: 0)
        let first = try #require(free[0].tokens.firstIndex(of: end))
        #expect(ended[0] == [GeneratedSequence(tokens: Array(free[0].tokens[..<first]), ending: .endToken)])
        #expect(ended[1][0].tokens == Array(free[1].tokens.prefix { $0 != end }))
    }

    @Test("a text ends with the token that completes a stop string, which is a part of it")
    func stopString() throws {
        let model = try model()
        let letters = { (ids: [Int32]) in ids.map { String(UnicodeScalar(UInt8($0) + 48)) }.joined() }
        let free = try Generator(model, settings { _ in }).generate([CacheTests.prompts[2]], seed: 0)[0][0].tokens
        let stop = letters(Array(free[4..<7]))
        let generator = try Generator(model, settings { $0.stopStrings = .names(["nowhere", stop]) }, decode: letters)
        let text = try generator.generate([CacheTests.prompts[2]], seed: 0)[0][0]
        #expect(text.ending == .stopString)
        #expect(text.tokens.count <= 7 && letters(text.tokens).hasSuffix(stop))
    }

    @Test("tokens are told as they come, and of beams when they are certain", arguments: [1, 3])
    func telling(beams: Int) throws {
        let generator = try Generator(try model(), settings { $0.beamCount = beams })
        var told: [Int: [Int32]] = [:]
        let texts = try generator.generate(CacheTests.prompts, seed: 0) { prompt, _, token in
            told[prompt, default: []].append(token)
        }
        #expect(texts.enumerated().allSatisfy { told[$0] == $1[0].tokens })
    }

    @Test("many beams and many prompts give each prompt what it gets alone")
    func manyRows() throws {
        let generator = try Generator(
            try model("{peft_type: PREFIX_TUNING, num_virtual_tokens: 3}"), settings { $0.beamCount = 18 })
        let texts = try generator.generate(CacheTests.prompts, seed: 0)
        #expect(texts == (try CacheTests.prompts.map { try generator.generate([$0], seed: 0)[0] }))
    }

    @Test("a text stops where the model has no more positions, virtual tokens counted")
    func positions() throws {
        let long = settings { $0.maxNewTokens = 500 }
        let generator = try Generator(try model("{peft_type: PREFIX_TUNING, num_virtual_tokens: 3}"), long)
        let start = prompt((0..<100).map { Int32($0 % 61) })
        let text = try generator.generate([start], seed: 0)[0][0]
        #expect(text.tokens.count == 17 && text.ending == .positions)
        let short = try Generator(try model(), settings { _ in }).generate([start], seed: 0)[0][0]
        #expect(short.tokens.count == 20 && short.ending == .length)
    }

    @Test("prompts that cannot be continued are refused by what is wrong with them")
    func refusals() throws {
        let generator = try Generator(try model("{peft_type: PROMPT_TUNING, num_virtual_tokens: 3}"), settings { _ in })
        func message(_ prompts: [Feature]) -> String? {
            do { _ = try generator.generate(prompts, seed: 0) } catch { return "\(error)" }
            return nil
        }
        #expect(
            message([prompt([1]), prompt((0..<117).map { Int32($0 % 61) })])
                == "prompt 2 has 117 tokens, with 3 virtual ones: no room is left in the model's 120 positions; shorten it to 116 tokens"
        )
        #expect(message([prompt([])]) == "prompt 1 has no tokens; give a text to go on from")
        #expect(message([prompt([61])])?.contains("has the token 61, but the model embeds 61") == true)
        let short = try Generator(
            try model(),
            settings {
                $0.maxNewTokens = nil
                $0.maxLength = 3
            })
        #expect(throws: GenerationError.self) { try short.generate([prompt([1, 2, 3])], seed: 0) }
        #expect(try short.generate([prompt([1, 2])], seed: 0)[0][0].tokens.count == 1)
    }

    @Test("a damaged model is told, not written from")
    func notANumber() throws {
        let model = try model()
        model.backbone.wordEmbeddings.variable.value = Tensor(model.backbone.wordEmbeddings.shape, repeating: .nan)
        #expect(throws: GenerationError("the model's outputs are not numbers; its weights must be damaged")) {
            try Generator(model, settings { _ in }).generate([prompt([1])], seed: 0)
        }
    }

    @Test("where rules leave no token, the text ends")
    func nothingLeft() throws {
        let generator = try Generator(
            try model(),
            settings {
                $0.noRepeatSize = 1
                $0.maxNewTokens = 100
            })
        let text = try generator.generate([prompt([1, 2])], seed: 0)[0][0]
        #expect(text.ending == .noToken && text.tokens.count == 59 && Set(text.tokens).count == 59)
    }
}
