/// Text that grows token by token, given out as soon as it is final.
///
///     var stream = TextStream(tokenizer)
///     for id in generated { print(stream.append(id), terminator: "") }
///     print(stream.finish())
///
/// What was given out together is what `decode` says of all tokens. A scalar whose bytes are parts of several tokens is held back until
/// the last of them is there. Only the last tokens are decoded each time: those before are forgotten once the text of what follows is the
/// same without them.
public struct TextStream: Sendable {
    private let tokenizer: any Tokenizer
    private let skipsSpecial: Bool
    /// The last tokens.
    private var ids: [Int32] = []
    /// Bytes of the last tokens' text that were given out.
    private var written = 0

    /// The last tokens are shortened to the second number when they are more than the first; of these again the third are there to read the
    /// others behind.
    private static let (most, kept, context) = (24, 12, 6)

    /// The text of what `tokenizer` decodes, special tokens left out where they are to be skipped.
    public init(_ tokenizer: any Tokenizer, skippingSpecial: Bool = true) {
        self.tokenizer = tokenizer
        skipsSpecial = skippingSpecial
    }

    /// Adds a token and gives the text that became final.
    public mutating func append(_ id: Int32) -> String {
        ids.append(id)
        let open = tokenizer.openCount(ids)
        let whole = text(ids[...])
        let new: String
        if open == 0 {
            new = write(Array(whole.utf8))
        } else {
            // Only what more tokens do not change.
            let settled = text(ids.dropLast(open))
            let common = zip(settled.unicodeScalars, whole.unicodeScalars).prefix { $0 == $1 }
            new = write(common.flatMap { Array(UTF8.encode($0.0) ?? UTF8.encodedReplacementCharacter) })
        }
        if ids.count > Self.most, open <= Self.kept - Self.context { forget(Array(whole.utf8)) }
        return new
    }

    /// The rest of the text, whatever it lacks.
    public mutating func finish() -> String { write(Array(text(ids[...]).utf8)) }

    /// Forgets the first tokens, unless the text behind the context would be another without them.
    ///
    /// - Parameter whole: the text of all.
    private mutating func forget(_ whole: [UInt8]) {
        let (rest, end) = (ids.suffix(Self.kept), ids.count - Self.kept + Self.context)
        let before = Array(text(ids[..<end]).utf8)
        let (context, tail) = (Array(text(rest.prefix(Self.context)).utf8), Array(text(rest).utf8))
        guard whole.starts(with: before), tail.starts(with: context), before.count <= written,
            whole[before.count...] == tail[context.count...]
        else { return }
        written += context.count - before.count
        ids = Array(rest)
    }

    private func text(_ ids: ArraySlice<Int32>) -> String {
        tokenizer.decode(Array(ids), skippingSpecial: skipsSpecial)
    }

    private mutating func write(_ text: [UInt8]) -> String {
        guard text.count > written else { return "" }
        defer { written = text.count }
        return String(decoding: text[written...], as: UTF8.self)
    }
}
