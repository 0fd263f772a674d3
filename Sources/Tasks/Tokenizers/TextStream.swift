/// Text that grows token by token, given out as soon as it is final.
///
///     var stream = TextStream(tokenizer)
///     for id in generated { print(stream.append(id), terminator: "") }
///     print(stream.finish())
///
/// What was given out together is what `decode` says of all tokens. A scalar whose bytes are parts of several tokens is held back until
/// the last of them is there.
public struct TextStream: Sendable {
    private let tokenizer: any Tokenizer
    private let skipsSpecial: Bool
    private var ids: [Int32] = []
    /// Bytes of the text that were given out.
    private var written = 0

    /// The text of what `tokenizer` decodes, special tokens left out where they are to be skipped.
    public init(_ tokenizer: any Tokenizer, skippingSpecial: Bool = true) {
        self.tokenizer = tokenizer
        skipsSpecial = skippingSpecial
    }

    /// Adds a token and gives the text that became final.
    public mutating func append(_ id: Int32) -> String {
        ids.append(id)
        let open = tokenizer.openCount(ids)
        let whole = tokenizer.decode(ids, skippingSpecial: skipsSpecial)
        if open == 0 { return write(Array(whole.utf8)) }
        let settled = tokenizer.decode(ids.dropLast(open), skippingSpecial: skipsSpecial)
        // Only what more tokens do not change.
        let common = zip(settled.unicodeScalars, whole.unicodeScalars).prefix { $0 == $1 }
        return write(common.flatMap { Array(UTF8.encode($0.0) ?? UTF8.encodedReplacementCharacter) })
    }

    /// The rest of the text, whatever it lacks.
    public mutating func finish() -> String {
        write(Array(tokenizer.decode(ids, skippingSpecial: skipsSpecial).utf8))
    }

    private mutating func write(_ text: [UInt8]) -> String {
        guard text.count > written else { return "" }
        defer { written = text.count }
        return String(decoding: text[written...], as: UTF8.self)
    }
}
