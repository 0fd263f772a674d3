/// The tokens that files name for what they stand for.
struct NamedTokens: Sendable {
    /// How they are spelled.
    var begin: String?
    var end: String?
    var padding: String?
    var mask: String?

    /// Their indices, as the checkpoint has them; they count where no spelling does.
    var beginID: Int32?
    var endID: Int32?
    var paddingID: Int32?
}

extension NamedTokens {
    /// Reads `tokenizer_config.json`, `special_tokens_map.json`, `generation_config.json` and `config.json`.
    init(_ settings: TokenizerSettings) throws(DataError) {
        begin = try settings.token("bos_token")
        end = try settings.token("eos_token")
        padding = try settings.token("pad_token")
        mask = try settings.token("mask_token")
        beginID = settings.checkpointID("bos_token_id")
        endID = settings.checkpointID("eos_token_id")
        paddingID = settings.checkpointID("pad_token_id")
    }
}

/// The indices of a tokenizer's tokens with a meaning of their own, where it has them.
public struct SpecialIDs: Hashable, Sendable {
    /// Begins a text.
    public var begin: Int32?
    /// Ends a text or document.
    public var end: Int32?
    /// Fills a sequence up.
    public var padding: Int32?
    /// Stands for what is unknown.
    public var unknown: Int32?
    /// Stands where a masked language model has to guess.
    public var mask: Int32?
}

extension SpecialIDs {
    /// The indices of the tokens that files name; then those that the checkpoint names, if the vocabulary has them; then those
    /// around a text, and the usual ones.
    init(
        _ named: NamedTokens, _ layout: SingleLayout, unknown: Int32? = nil, find: (String) -> Int32?,
        isKnown: (Int32) -> Bool
    ) {
        func checked(_ id: Int32?) -> Int32? { id.flatMap { isKnown($0) ? $0 : nil } }
        begin = named.begin.flatMap(find) ?? checked(named.beginID) ?? layout.start.first
        end =
            named.end.flatMap(find) ?? checked(named.endID) ?? layout.end.last ?? find("<|endoftext|>")
            ?? find("</s>")
        padding = named.padding.flatMap(find) ?? checked(named.paddingID)
        mask = find(named.mask ?? "<mask>") ?? (named.mask == nil ? find("[MASK]") : nil)
        self.unknown = unknown
    }
}
