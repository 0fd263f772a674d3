import Generation
import NN
import YAML

/// A model that writes as many tokens as it is asked for, greedily.
struct WritingModel {
    private let generator: Generator

    /// - Parameter count: tokens of each text; a prompt has 16.
    init(_ model: RandomModel, tokens count: Int) throws {
        var settings = GenerationSettings()
        settings.maxNewTokens = count
        generator = try Generator(model.model(), settings)
    }

    /// Tokens written in a second in `count` texts side by side, prompts included in the time; a text before that warms up.
    func tokensPerSecond(texts count: Int) throws -> Double {
        let prompts = (0..<count).map { text in
            Feature(
                inputIDs: (0..<16).map { Int32($0 * 31 % 500 + text) }, tokenTypeIDs: [Int32](repeating: 0, count: 16))
        }
        _ = try generator.generate(Array(prompts.prefix(1)), seed: 0)
        let clock = ContinuousClock()
        let start = clock.now
        let texts = try generator.generate(prompts, seed: 0)
        return Double(texts.reduce(0) { $0 + $1[0].tokens.count }) / ((clock.now - start) / .seconds(1))
    }
}
