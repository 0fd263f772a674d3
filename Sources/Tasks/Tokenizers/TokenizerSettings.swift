import YAML

/// What the files beside a tokenizer's own say about it.
struct TokenizerSettings: Sendable {
    /// `tokenizer_config.json`, where there is one.
    var configuration: Node?
    /// `special_tokens_map.json`, where there is one.
    var specialTokens: Node?
    /// The checkpoint's `config.json`, where there is one.
    var checkpoint: Node?
    /// The checkpoint's `generation_config.json`, where there is one.
    var generation: Node?

    /// The token that is called `key`, such as `mask_token`; the configuration goes first.
    func token(_ key: String) throws(DataError) -> String? {
        for (node, owner) in [(configuration, Self.owner), (specialTokens, "the map of special tokens")] {
            guard let node, let value = node[key], !value.isNull else { continue }
            guard case .mapping = value.content else { return try node.text(key, of: owner) }
            return try value.text("content", of: "'\(key)' of \(owner)")
        }
        return nil
    }

    /// The truth value that the configuration has under `key`.
    func boolean(_ key: String) throws(DataError) -> Bool? {
        try configuration?.optionalBoolean(key, of: Self.owner)
    }

    /// The text that the configuration has under `key`.
    func text(_ key: String) throws(DataError) -> String? {
        try configuration?.optionalText(key, of: Self.owner)
    }

    private static let owner = "the tokenizer's configuration"

    /// The whole number that the configuration has under `key`.
    func integer(_ key: String) throws(DataError) -> Int? {
        guard let configuration, let value = configuration[key], !value.isNull else { return nil }
        return try configuration.integer(key, of: Self.owner)
    }

    /// The index that the checkpoint has under `key`, the first of several; how texts are generated goes first.
    func checkpointID(_ key: String) -> Int32? {
        for node in [generation, checkpoint] {
            guard let value = node?[key], let id = (value.elements?.first ?? value).integer else { continue }
            return Int32(exactly: id).flatMap { $0 >= 0 ? $0 : nil }
        }
        return nil
    }

    /// The spellings of all tokens with a meaning of their own.
    func specialNames() throws(DataError) -> [String] {
        var names: [String] = []
        for name in ["bos", "eos", "unk", "sep", "pad", "cls", "mask"] {
            if let token = try token("\(name)_token") { names.append(token) }
        }
        return names
    }

    /// The tokens of `added_tokens_decoder`, which says about each what other files do not.
    func addedTokens() throws(DataError) -> [AddedToken] {
        guard let node = configuration?["added_tokens_decoder"], case .mapping(let pairs) = node.content else {
            return []
        }
        var tokens: [AddedToken] = []
        for pair in pairs {
            guard let id = Int32(pair.key), id >= 0, id < .max else {
                throw DataError("'\(pair.key)' must be a token's index", at: pair.keyLocation)
            }
            tokens.append(try AddedToken(pair.value, id: id))
        }
        return tokens
    }

    /// The class of the tokenizer, where a file names one; `Fast` is left out.
    func tokenizerClass() throws(DataError) -> String? {
        guard let name = try text("tokenizer_class") else { return nil }
        return name.hasSuffix("Fast") ? String(name.dropLast(4)) : name
    }

    /// The model that the checkpoint holds.
    func modelType() throws(DataError) -> String? {
        try checkpoint?.optionalText("model_type", of: "the configuration")
    }

    /// The class of the tokenizer, or the model of the checkpoint where none is named.
    func kind() throws(DataError) -> String? {
        if let name = try tokenizerClass() { return name }
        return try modelType()
    }

    /// Whether it is Llama's tokenizer, by its class, or by the model where no class is named.
    func isLlama() throws(DataError) -> Bool {
        if let name = try tokenizerClass() { return ["LlamaTokenizer", "CodeLlamaTokenizer"].contains(name) }
        return try ["llama", "mistral"].contains(modelType())
    }

    /// Whether it is T5's tokenizer.
    func isT5() throws(DataError) -> Bool { ["T5Tokenizer", "t5", "mt5", "umt5"].contains(try kind()) }

    /// What the checkpoint's own files decide because the tokenizer's do not, a line each.
    func checkpointFacts() throws(DataError) -> String {
        var facts = ""
        if try token("eos_token") == nil, let id = checkpointID("eos_token_id") { facts += "eos_token_id \(id)\n" }
        if try tokenizerClass() == nil, let type = try modelType(),
            ["llama", "mistral", "t5", "mt5", "umt5"].contains(type)
        {
            facts += "model_type \(type)\n"
        }
        return facts
    }
}
