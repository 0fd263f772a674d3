import Generation
import Models
import NN
import Tasks

/// How texts are written in evaluations.
struct TextWriting {
    private let settings: GenerationSettings
    private let seed: UInt64
    private let tokenizer: any Tokenizer

    /// What a manifest says; nil where no texts are generated.
    init?(_ manifest: Manifest, _ tokenizer: TokenizerFolder) throws(DataError) {
        guard let settings = manifest.generation else { return nil }
        self.settings = settings
        seed = UInt64(manifest.seed)
        self.tokenizer = try tokenizer.tokenizer()
    }

    /// The tokens of the best text for each prompt.
    func tokens(
        _ model: TunedModel, _ prompts: [Feature], _ report: (_ done: Int, _ total: Int) throws -> Void
    ) throws -> [[Int32]] {
        let generator = try Generator(model, settings, endIDs: tokenizer.endID.map { [$0] } ?? []) {
            tokenizer.decode($0)
        }
        let found = try generator.generate(prompts, seed: seed, onFinished: { try report($0, prompts.count) })
        return found.map { $0.first?.tokens ?? [] }
    }
}
