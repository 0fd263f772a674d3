import YAML

/// A token that is found in a text as it stands, before the text is split: `[SEP]` is one token, not three.
struct AddedToken: Hashable, Sendable {
    /// The text that it is found by.
    var content: String
    /// Its vocabulary index.
    var id: Int32
    /// Whether it only counts where no letter or digit touches it.
    var isSingleWord = false
    /// Whether it takes the white space before it.
    var stripsLeft = false
    /// Whether it takes the white space after it.
    var stripsRight = false
    /// Whether it is looked for in the normalised text instead of the original one.
    var isNormalized = false
    /// Whether it is left out where special tokens are.
    var isSpecial = false
}

extension AddedToken {
    /// Reads an entry of `added_tokens`, or of `added_tokens_decoder`, where the index is the key.
    init(_ node: Node, id: Int32) throws(DataError) {
        let owner = "an added token"
        self.init(content: try node.text("content", of: owner), id: id)
        isSingleWord = try node.optionalBoolean("single_word", of: owner) ?? false
        stripsLeft = try node.optionalBoolean("lstrip", of: owner) ?? false
        stripsRight = try node.optionalBoolean("rstrip", of: owner) ?? false
        isSpecial = try node.optionalBoolean("special", of: owner) ?? false
        isNormalized = try node.optionalBoolean("normalized", of: owner) ?? false
    }

    /// The `added_tokens` of a `tokenizer.json`.
    static func list(_ file: Node) throws(DataError) -> [AddedToken] {
        guard let tokens = file["added_tokens"], !tokens.isNull else { return [] }
        var list: [AddedToken] = []
        for token in try file.list("added_tokens", of: "a tokenizer") {
            list.append(try AddedToken(token, id: token.tokenID("id", of: "an added token")))
        }
        return list
    }
}
