import Autograd
import Configuration
import NN
import Tensors
import YAML

/// Prompt tuning: trained embeddings of virtual tokens in front of every sequence.
///
///     x = [E; embeddings of the tokens]
///
/// | symbol | shape              | starts as                                                                    |
/// |--------|--------------------|------------------------------------------------------------------------------|
/// | `E`    | `[prompt, hidden]` | normal, deviation 1; embeddings of random words; or those of a text's tokens |
///
/// With `combine: prefix_after_bos` they stand behind the first token, so that `[CLS]` keeps the position that an encoder was trained
/// to read; PEFT knows the front only, so such a prompt is not exported to it.
///
/// In an encoder-decoder they stand in front of the source. As in PEFT the table then has as many rows again, for the decoder, which nothing
/// reads.
///
/// A text is cut to the prompt's length, or repeated to fill it; it stands alone, without the special tokens that PEFT leaves
/// around it. Virtual tokens have positions and segment 0, as words have; heads read the real tokens only. A trained prompt is saved as
/// if it had started from noise: PEFT would want a tokenizer again to read the text, whose embeddings the trained ones then replace.
/// Lester, Al-Rfou & Constant, 2021, <https://arxiv.org/abs/2104.08691>.
public struct PromptTuning: Tuner {
    /// The `peft_type` that names it.
    public static let name = "PROMPT_TUNING"
    /// What it does.
    public static let help = "Trained embeddings of virtual tokens in front of every sequence."

    /// What the virtual tokens start as.
    public enum Start: String, CaseIterable, Sendable {
        /// Normal deviates.
        case random = "RANDOM"
        /// Words of the vocabulary, drawn with the run's seed.
        case vocabulary = "SAMPLE_VOCAB"
        /// The tokens of a text.
        case text = "TEXT"
    }

    /// The keys of PEFT's `PromptTuningConfig`, but for those that name a tokenizer: the model's own reads the text.
    public struct Settings: Config {
        /// The number of virtual tokens.
        public var virtualTokenCount = 16
        /// What they start as.
        public var start = Start.random
        /// The text they start as.
        public var text: String?
        /// Where they stand.
        public var combination = PromptCombination.prefix

        /// The defaults.
        public init() {}

        /// The keys.
        public static let fields: [Field<Self>] = [
            .integer(
                "num_virtual_tokens", \.virtualTokenCount, in: 1...4096,
                "Trained tokens in front of every sequence; each takes one of the model's positions."),
            .choice(
                "prompt_tuning_init", \.start,
                "What they start as: noise, words drawn from the vocabulary, or the words of a text."),
            .text(
                "prompt_tuning_init_text", \.text,
                "The text they start as, cut or repeated to their number; for TEXT."),
            .choice(
                "combine", \.combination,
                "Where they stand: in front, as PEFT has them, or with prefix_after_bos behind the first token, so that [CLS] keeps its position."
            ),
        ]
    }

    private let settings: Settings

    /// The method with these settings.
    public init(_ settings: Settings) {
        self.settings = settings
    }

    /// Declares the virtual tokens' embeddings.
    public func attach(to graph: inout TunerGraph) throws {
        let (length, hidden) = (settings.virtualTokenCount, graph.embeddingSize)
        let count = length * graph.promptedNetworks
        let scope = graph.scope(PromptAdapter.path)["embedding"]
        let embedding = try scope.parameter("weight", [count, hidden], .normal(deviation: 1))
        if settings.start == .vocabulary, let words = graph.wordEmbeddings {
            var stream = graph.randomStream(scope.path + ".words")
            let ids = (0..<count).map { _ in Int32.random(in: 0..<Int32(words.shape.rows), using: &stream) }
            embedding.adjustStart { _ in Kernels.gather(words.variable.value, ids) }
        }
        try graph.attachPrompt(length: length, place: settings.combination.place, products: AddedProducts()) { _ in
            embedding.variable
        }
    }

    /// Gives the virtual tokens the embeddings of the text's tokens.
    public func start(_ graph: TunerGraph, from reader: any TextReader) throws {
        guard settings.start == .text, let text = settings.text, let words = graph.wordEmbeddings else { return }
        let ids = try PromptAdapter.tokens(
            of: text, length: settings.virtualTokenCount * graph.promptedNetworks, key: "prompt_tuning_init_text",
            graph,
            reader)
        PromptAdapter.table(of: graph)?.variable.value = Kernels.gather(words.variable.value, ids)
    }

    /// The virtual tokens' embeddings as PEFT saves them.
    public func exported(from graph: TunerGraph) -> ExportedAdapter? {
        // PEFT knows no other place than in front.
        guard settings.combination == .prefix else { return nil }
        guard let embedding = PromptAdapter.table(of: graph) else { return nil }
        let start = settings.start == .text ? Start.random : settings.start
        return PromptAdapter.exported(
            embedding.variable.value, length: settings.virtualTokenCount, width: graph.embeddingSize, from: graph,
            config: [
                "prompt_tuning_init": .string(start.rawValue), "prompt_tuning_init_text": .null,
                "tokenizer_name_or_path": .null, "tokenizer_kwargs": .null,
            ])
    }

    /// The virtual tokens that PEFT saved; they need no start.
    public static func imported(_ settings: Settings, _ tensors: [String: Tensor]) throws -> ImportedAdapter {
        try imported(tensors, length: settings.virtualTokenCount)
    }

    /// Saved virtual tokens, whatever made them.
    static func imported(_ tensors: [String: Tensor], length: Int) throws -> ImportedAdapter {
        var plain = Settings()
        plain.virtualTokenCount = length
        return ImportedAdapter(
            Self.self, plain, values: try PromptAdapter.imported(tensors, length: length, hasTwice: true))
    }

    /// A text belongs to the start from a text, and to no other.
    public var contradictions: [Contradiction] {
        switch (settings.start, settings.text) {
        case (.text, nil):
            [
                Contradiction(
                    key: "prompt_tuning_init", with: "prompt_tuning_init_text",
                    message: "TEXT needs a text to start from; give 'prompt_tuning_init_text'")
            ]
        case (.random, .some), (.vocabulary, .some):
            [
                Contradiction(
                    key: "prompt_tuning_init_text", with: "prompt_tuning_init",
                    message: "it is read only with 'prompt_tuning_init: TEXT'")
            ]
        default: []
        }
    }
}
