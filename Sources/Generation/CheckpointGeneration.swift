import Configuration
import YAML

/// What a checkpoint says about generation: its `generation_config.json`, and the end token of its `config.json`.
public struct CheckpointGeneration: Sendable {
    private let pairs: [Node.Pair]

    /// Reads both files' contents.
    ///
    /// - Parameters:
    ///   - generation: `generation_config.json`, where there is one.
    ///   - config: `config.json`
    /// - Throws: for a key that would change what is generated and is not supported.
    public init(_ generation: Node?, config: Node) throws(GenerationError) {
        var pairs: [Node.Pair] = []
        if case .mapping(let found)? = generation?.content { pairs = found.filter { !$0.value.isNull } }
        for pair in pairs {
            guard let neutral = Self.unsupported.first(where: { $0.key == pair.key })?.value else { continue }
            if neutral.contains(JSON(pair.value)) { continue }
            throw GenerationError(
                "\(pair.keyLocation): '\(pair.key)' is not supported and would change what is generated; take it out of the file"
            )
        }
        let known = Set(GenerationSettings.fields.map(\.key))
        var own = pairs.filter { known.contains($0.key) }
        let isEndKnown = own.contains { $0.key == "eos_token_id" }
        if !isEndKnown, let end = config["eos_token_id"], !end.isNull {
            own.append(Node.Pair(key: "eos_token_id", at: end.location, value: end))
        }
        self.pairs = own
    }

    /// The settings in `section`, with the checkpoint's where it has none, but for those that count only for a way of generating
    /// which `section` has chosen against.
    ///
    /// - Parameter section: what the user wrote; nothing or a mapping.
    public func completed(_ section: Node?) -> Node {
        var all: [Node.Pair] = []
        if case .mapping(let given)? = section?.content { all = given }
        func value(_ key: String) -> Node? { (all + pairs).first { $0.key == key }?.value }
        let given = Set(all.map(\.key))
        let samples = value("do_sample")?.boolean ?? false
        let beams = value("num_beams")?.integer ?? 1
        for pair in pairs where !given.contains(pair.key) {
            if !samples && ["temperature", "top_k", "top_p", "min_p"].contains(pair.key) { continue }
            if beams == 1 && ["length_penalty", "early_stopping"].contains(pair.key) { continue }
            if samples && !given.isDisjoint(with: ["do_sample"]) && pair.key == "num_beams" { continue }
            if beams > 1 && !given.isDisjoint(with: ["num_beams"]) && pair.key == "do_sample" { continue }
            if pair.key == "max_length" && given.contains("max_new_tokens") { continue }
            if pair.key == "max_new_tokens" && given.contains("max_length") { continue }
            all.append(pair)
        }
        return Node(.mapping(all), at: section?.location ?? .generated)
    }

    /// Keys of transformers' that are not there, and the values that leave everything as it is.
    private static let unsupported: KeyValuePairs<String, [JSON]> = [
        "typical_p": [.number(1), .integer(1)], "epsilon_cutoff": [.number(0), .integer(0)],
        "eta_cutoff": [.number(0), .integer(0)], "encoder_repetition_penalty": [.number(1), .integer(1)],
        "encoder_no_repeat_ngram_size": [.integer(0)], "bad_words_ids": [], "renormalize_logits": [false],
        "forced_bos_token_id": [], "forced_eos_token_id": [], "remove_invalid_values": [false],
        "exponential_decay_length_penalty": [], "suppress_tokens": [.array([])], "begin_suppress_tokens": [.array([])],
        "sequence_bias": [], "token_healing": [false], "guidance_scale": [.integer(1), .number(1)],
        "watermarking_config": [], "max_time": [], "penalty_alpha": [.integer(0), .number(0)], "dola_layers": [],
        "diversity_penalty": [.integer(0), .number(0)], "num_beam_groups": [.integer(1)], "constraints": [],
        "force_words_ids": [], "prompt_lookup_num_tokens": [],
    ]
}
