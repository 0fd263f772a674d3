import YAML

/// What the files beside a tokenizer's own say about it.
struct TokenizerSettings: Sendable {
    /// `tokenizer_config.json`, where there is one.
    var configuration: Node?
    /// `special_tokens_map.json`, where there is one.
    var specialTokens: Node?

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
}
