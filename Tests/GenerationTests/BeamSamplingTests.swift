import Autograd
import Foundation
import Models
import NN
import Tensors
import Testing

@testable import Generation

@Suite("Beams that are drawn")
struct BeamSamplingTests {
    private func model() throws -> TunedModel {
        let config = try #require(CacheTests.configurations["gpt2"])
        return try #require(try GenerationModel(config: config, peft: "{peft_type: FULL}")?.model)
    }

    private func settings(_ change: (inout GenerationSettings) -> Void) -> GenerationSettings {
        var settings = GenerationSettings()
        (settings.maxNewTokens, settings.beamCount) = (12, 3)
        change(&settings)
        return settings
    }

    @Test("what is cold enough takes what beam search takes, or something as likely")
    func cold() throws {
        let model = try model()
        let searched = try Generator(model, settings { _ in }).generate(CacheTests.prompts, seed: 1)
        let drawn = try Generator(
            model,
            settings {
                $0.samples = true
                $0.temperature = 1e-3
                $0.topK = 0
            }
        ).generate(CacheTests.prompts, seed: 1)
        for (drawn, searched) in zip(drawn, searched) {
            let (own, best) = (try #require(drawn[0].score) * 1e-3, try #require(searched[0].score))
            #expect(abs(own - best) < 1e-3)
        }
        #expect(zip(drawn, searched).contains { $0[0].tokens == $1[0].tokens })
    }

    @Test("what is drawn depends on the seed and on the prompt's number, not on other prompts")
    func seeds() throws {
        let generator = try Generator(
            try model(),
            settings {
                $0.samples = true
                $0.sequenceCount = 2
            })
        let prompts = Array(CacheTests.prompts + CacheTests.prompts)
        let all = try generator.generate(prompts, seed: 4)
        #expect(all.allSatisfy { $0.count == 2 && ($0[0].score ?? 0) >= ($0[1].score ?? 0) })
        #expect(try generator.generate(prompts, seed: 4) == all)
        #expect(try generator.generate(Array(prompts[..<2]), seed: 4) == Array(all[..<2]))
        #expect(try generator.generate(prompts, seed: 5) != all)
        #expect(all[0] != all[CacheTests.prompts.count])
    }

    /// Of two tokens that are drawn, the second among what the first leaves, the likelier one is the text:
    ///
    ///     P(i is the text) = sum over less likely j of p[i] p[j] / (1 - p[i]) + p[j] p[i] / (1 - p[j])
    @Test("of two beams and one token, the likelier of two that are drawn comes as often as it should")
    func frequencies() throws {
        let model = try model()
        let prompt = CacheTests.prompts[0]
        let head = try #require(model.head as? any LanguageHead)
        let logits = GradientRecording.off {
            model.nextLogits(Batch([prompt]), ForwardPass(model.graph, mode: .evaluation), head)
        }
        let p = Kernels.logProbabilities(logits).array.map { exp(Double($0)) }
        let expected = p.indices.map { i in
            p.indices.filter { p[$0] < p[i] }.reduce(0) { $0 + p[i] * p[$1] * (1 / (1 - p[i]) + 1 / (1 - p[$1])) }
        }
        let generator = try Generator(
            model,
            settings {
                ($0.samples, $0.beamCount, $0.maxNewTokens, $0.topK) = (true, 2, 1, 0)
            })
        let draws = 4000
        let texts = try generator.generate(Array(repeating: prompt, count: draws), seed: 9)
        var counts = [Double](repeating: 0, count: p.count)
        for text in texts { counts[Int(text[0].tokens[0])] += 1 }
        #expect(abs(expected.reduce(0, +) - 1) < 1e-6)
        for (count, share) in zip(counts, expected) {
            // Five deviations of what is counted.
            #expect(abs(count / Double(draws) - share) < 5 * (share / Double(draws)).squareRoot() + 1e-3)
        }
    }

    @Test("filters leave enough for beams to go on")
    func least() {
        var settings = GenerationSettings()
        (settings.topK, settings.topP, settings.minP) = (1, 0.1, 0.9)
        let scores: [Float] = [0, 4, 1, 3, 2]
        #expect(SamplingFilter(settings).candidates(scores).map(\.id) == [1])
        let filter = SamplingFilter(settings, least: 2)
        #expect(filter.candidates(scores).map(\.id) == [1, 3])
        #expect(filter.scored(scores).map(\.score) == [4, 3])
    }
}
