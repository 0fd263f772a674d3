import Autograd
import Configuration
import NN
import Tensors
import YAML

/// LLaMA-Adapter: the upper attentions of a decoder also attend, behind a gate, to a trained prompt of their own.
///
///     k, v = keys and values that the attention's own maps make of P
///     y = sublayer(x) + gate * softmax(scale * q kᵀ) v
///
/// | symbol | shape                 | starts as           |
/// |--------|-----------------------|---------------------|
/// | `P`    | `[1, prompt, hidden]` | normal, deviation 1 |
/// | `gate` | `[1]`                 | zero                |
///
/// Each in every attention that it stands beside. The prompt has a softmax of its own, and its keys have no position. As in PEFT, in
/// GPT-2 what it gives is added behind the attention's output map and dropout, without going through them, and in LLaMA's family
/// before the output map. The gate starts at zero, so an untrained adapter leaves the backbone's output as it was; where LLaMA's output map
/// has a bias, PEFT adds it a second time, which would not.
/// Zhang et al., 2023, <https://arxiv.org/abs/2303.16199>.
public struct AdaptionPrompt: Tuner {
    /// The `peft_type` that names it.
    public static let name = "ADAPTION_PROMPT"
    /// What it does.
    public static let help = "Trained prompts beside a decoder's upper attentions, behind gates (LLaMA-Adapter)."

    /// The keys of PEFT's `AdaptionPromptConfig`.
    public struct Settings: Config {
        /// The number of virtual tokens of each attention.
        public var length = 10
        /// The number of attentions, from the top; all unless given.
        public var layerCount: Int?
        /// The name of the attentions; the model's own unless given.
        public var target: String?

        /// The defaults.
        public init() {}

        /// The keys.
        public static let fields: [Field<Self>] = [
            .integer("adapter_len", \.length, in: 1...4096, "Trained tokens beside each attention."),
            .integer(
                "adapter_layers", \.layerCount, in: 1...1024,
                "Attentions that get them, from the top; all unless given."),
            .text(
                "target_modules", \.target,
                "The attentions' name in the model's paths ('attn' in GPT-2); the model's own unless given."),
        ]
    }

    private let settings: Settings

    /// The method with these settings.
    public init(_ settings: Settings) {
        self.settings = settings
    }

    /// Its gates are closed at the start.
    public var startsNeutral: Bool { true }

    /// Declares prompt and gate of every attention that it stands beside.
    public func attach(to graph: inout TunerGraph) throws {
        let length = settings.length
        for index in try indices(in: graph) {
            let site = graph.attentions[index]
            let scope = graph.scope(site.path)
            let prompt = try scope.parameter(Self.prompt, [1, length, site.hidden], .normal(deviation: 1))
            let gate = try scope.parameter(Self.gate, [1], .zeros)
            try graph.accompany(index, length: length) { call, pass in
                let made = pass.once(prompt.path) {
                    let (key, value) = call.project(prompt.variable.reshaped([length, site.hidden]))
                    return [key, value]
                }
                // All rows attend to the same tokens, so to them the batch is one sequence.
                let layout = Attention(
                    queryOffsets: [0, call.query.shape.rows], keyOffsets: [0, length], heads: call.layout.heads,
                    keyValueHeads: call.layout.keyValueHeads, headSize: call.layout.headSize, scale: call.layout.scale)
                return attention(
                    query: call.query, key: made[0], value: made[1], prefix: nil, layout: layout
                ).gated(by: gate.variable)
            }
        }
    }

    /// The attentions that it stands beside, of those that the settings name the upper ones.
    private func indices(in graph: TunerGraph) throws(AttachmentError) -> ArraySlice<Int> {
        guard !graph.isEncoderDecoder else {
            throw AttachmentError(
                nil,
                "it needs a decoder alone, and '\(graph.family)' is an encoder-decoder; PREFIX_TUNING goes with both")
        }
        guard graph.attentions.contains(where: \.isCausal) else {
            throw AttachmentError(
                nil, "it needs a decoder, and '\(graph.family)' is an encoder; PREFIX_TUNING goes with both")
        }
        let names = graph.attentions.map { $0.path.split(separator: ".").last.map(String.init) ?? $0.path }
        let target = settings.target ?? names[0]
        let found = graph.attentions.indices.filter { index in
            let path = graph.attentions[index].path
            return path == target || path.hasSuffix("." + target)
        }
        guard !found.isEmpty else {
            let near = Suggestion.nearest(to: target, among: Array(Set(names)).sorted()) ?? names[0]
            throw AttachmentError(
                "target_modules", "'\(target)' is the name of no attention of this \(graph.family); it is '\(near)'")
        }
        let count = settings.layerCount ?? found.count
        guard count <= found.count else {
            throw AttachmentError(
                "adapter_layers",
                "it is \(count), and the model has \(found.count) attentions; the largest value is \(found.count)")
        }
        return found.suffix(count)
    }

    /// Prompts and gates as PEFT saves them.
    public func exported(from graph: TunerGraph) -> ExportedAdapter? {
        guard let indices = try? indices(in: graph), let first = indices.first else { return nil }
        let headPrefix = "base_model.model."
        let own = graph.parameters.filter { parameter in
            parameter.owner == .tuner
                && [Self.prompt, Self.gate].contains { parameter.path.hasSuffix("." + $0) }
        }
        let name = graph.attentions[first].path.split(separator: ".").last.map(String.init)
        return ExportedAdapter(
            tensors: Dictionary(own.map { (headPrefix + $0.path, $0.variable.value) }) { first, _ in first },
            config: [
                "adapter_len": .integer(settings.length), "adapter_layers": .integer(indices.count),
                "target_modules": (settings.target ?? name).map { .string($0) } ?? .null,
            ], headPrefix: headPrefix)
    }

    private static let prompt = "adaption_prompt"
    private static let gate = "adaption_gate"
}
