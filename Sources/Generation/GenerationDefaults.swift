import Configuration
import YAML

/// Settings of generation that hold where the user gives none: a checkpoint's, or those of a run.
public struct GenerationDefaults: Sendable {
    private let pairs: [Node.Pair]

    /// What a checkpoint says: its `generation_config.json`, and the end token of its `config.json`; in older checkpoints, which have no
    /// such file, all that `config.json` says of generation.
    ///
    /// - Parameters:
    ///   - generation: `generation_config.json`, where there is one.
    ///   - config: `config.json`
    /// - Throws: for a key that would change what is generated and is not supported.
    public init(checkpoint generation: Node?, config: Node) throws(GenerationError) {
        var pairs: [Node.Pair] = []
        if case .mapping(let found) = (generation ?? config).content { pairs = found.filter { !$0.value.isNull } }
        for pair in pairs {
            guard let harmless = Self.unsupported.first(where: { $0.key == pair.key })?.value,
                !harmless.contains(JSON(pair.value))
            else { continue }
            throw GenerationError(
                "\(pair.keyLocation): '\(pair.key)' is not supported and would change what is generated; take it out of the file"
            )
        }
        let known = Set(GenerationSettings.fields.map(\.key))
        pairs.removeAll { !known.contains($0.key) }
        if !pairs.contains(where: { $0.key == "eos_token_id" }), let end = config["eos_token_id"], !end.isNull {
            pairs.append(Node.Pair(key: "eos_token_id", at: end.location, value: end))
        }
        self.pairs = pairs
    }

    /// Whether `key` is one of generation, supported or not.
    public static func knows(_ key: String) -> Bool {
        GenerationSettings.fields.contains { $0.key == key } || unsupported.contains { $0.key == key }
    }

    /// What a run was made with.
    public init(_ settings: GenerationSettings) {
        guard case .mapping(let all) = settings.node().content else {
            pairs = []
            return
        }
        pairs = all.filter { !$0.value.isNull }
    }

    /// The settings in `section`, with these where it has none, but for those that count only for a way of generating which the
    /// section has chosen against.
    ///
    /// - Parameter section: what the user wrote; nothing or a mapping.
    public func completed(_ section: Node?) -> Node {
        var all: [Node.Pair] = []
        if let section {
            guard case .mapping(let given) = section.content else { return section }
            all = given
        }
        let given = Set(all.map(\.key))
        func written(_ key: String) -> Node? { all.first { $0.key == key }?.value }
        func usual(_ key: String) -> Node? { pairs.first { $0.key == key }?.value }
        let (givenSamples, givenBeams) = (written("do_sample")?.boolean, written("num_beams")?.integer)
        let (usualSamples, usualBeams) = (usual("do_sample")?.boolean ?? false, usual("num_beams")?.integer ?? 1)
        let (samples, beams) = (givenSamples ?? usualSamples, givenBeams ?? usualBeams)
        var left: Set<String> = []
        if !samples { left.formUnion(GenerationSettings.samplingKeys + ["do_sample"]) }
        if beams == 1 { left.formUnion(GenerationSettings.beamKeys + ["num_beams"]) }
        if samples != usualSamples || beams != usualBeams { left.insert("num_return_sequences") }
        if given.contains("max_new_tokens") { left.insert("max_length") }
        if given.contains("max_length") { left.insert("max_new_tokens") }
        all += pairs.filter { !given.contains($0.key) && !left.contains($0.key) }
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
