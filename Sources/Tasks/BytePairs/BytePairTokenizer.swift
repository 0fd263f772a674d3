/// GPT-2's and RoBERTa's tokenizer: text is cut into words with the space before them, and their bytes are
/// merged pair by pair.
///
/// It gives what Hugging Face's fast tokenizers give, offsets included; a scalar whose bytes are parts of several
/// tokens belongs to all of them. Radford et al., 2019.
struct BytePairTokenizer: Tokenizer {
    /// What the files say beside vocabulary and merges.
    struct Definition: Sendable {
        var layouts = TextLayouts.bare
        var addedTokens: [AddedToken] = []
        /// Whether a text that does not begin with a space gets one.
        var addsPrefixSpace = false
        /// Whether text is cut into words at all.
        var splits = true
        /// How offsets are trimmed, where they are.
        var trimming: OffsetTrimming?
        /// The tokens that the files name.
        var named = NamedTokens()
    }

    let singleLayout: SingleLayout
    let pairLayout: PairLayout
    let special: SpecialIDs
    let vocabularyCount: Int

    private let model: BytePairModel
    private let addedTokens: AddedTokens
    private let definition: Definition
    private let splitter = BytePairSplitter()

    /// A tokenizer of `model`.
    init(_ model: BytePairModel, _ definition: Definition) {
        let added = AddedTokens(definition.addedTokens) { $0.unicodeScalars.map(\.value) }
        let find = { (token: String) in added.id(of: token) ?? model.vocabulary.id(of: token) }
        singleLayout = definition.layouts.single
        pairLayout = definition.layouts.pair
        special = SpecialIDs(definition.named, singleLayout, find: find) { id in
            added.content(of: id) != nil || model.vocabulary.piece(of: id) != nil
        }
        vocabularyCount = max(model.vocabulary.count, added.vocabularyCount, definition.layouts.vocabularyCount)
        self.model = model
        self.addedTokens = added
        self.definition = definition
    }

    func id(of token: String) -> Int32? { addedTokens.id(of: token) ?? model.vocabulary.id(of: token) }

    func decode(_ ids: [Int32], skippingSpecial: Bool) -> String {
        let kept = skippingSpecial ? ids.filter { !addedTokens.isSpecial($0) } : ids
        return String(decoding: kept.flatMap(bytes), as: UTF8.self)
    }

    func openCount(_ ids: [Int32]) -> Int { UTF8Tail.openCount(ids, bytes) }

    private func bytes(_ id: Int32) -> [UInt8] {
        addedTokens.content(of: id).map { Array($0.utf8) }
            ?? model.vocabulary.scalars(of: id).map { ByteAlphabet.bytes(of: $0) } ?? []
    }

    func encode(_ texts: [String]) -> [Encoding] {
        var memory = BytePairMemory(model)
        return texts.map { encode($0, spaced: definition.addsPrefixSpace, &memory) }
    }

    /// Words after the first get a space before them if they have none, the first one as a text does.
    func encodeWords(_ words: [String]) -> [[Int32]] {
        var memory = BytePairMemory(model)
        return words.enumerated().map { place, word in
            encode(word, spaced: place > 0 || definition.addsPrefixSpace, &memory).ids
        }
    }

    private func encode(_ text: String, spaced: Bool, _ memory: inout BytePairMemory) -> Encoding {
        let scalars = text.unicodeScalars.map(\.value)
        var encoding = Encoding()
        each(addedTokens.original, scalars, 0..<scalars.count, &encoding) { part, encoding in
            each(addedTokens.normalized, scalars, part, &encoding) { part, encoding in
                append(scalars, part, spaced: spaced, &memory, &encoding)
            }
        }
        return encoding
    }

    /// Appends the tokens that `finder` finds in `scalars[range]`, and calls `body` with each part between them.
    private func each(
        _ finder: AddedTokenFinder, _ scalars: [UInt32], _ range: Range<Int>, _ encoding: inout Encoding,
        _ body: (Range<Int>, inout Encoding) -> Void
    ) {
        var done = range.lowerBound
        let matches =
            finder.isEmpty ? [] : finder.matches(count: range.count) { scalars[range.lowerBound + $0] }
        for match in matches {
            let start = range.lowerBound + match.range.lowerBound
            let end = range.lowerBound + match.range.upperBound
            if done < start { body(done..<start, &encoding) }
            let leading = scalars[start..<end].prefix(while: Self.isBlank).count
            let trailing = scalars[start..<end].reversed().prefix(while: Self.isBlank).count
            encoding.append(match.id, trimmed(start..<end, leading, trailing))
            done = end
        }
        if done < range.upperBound { body(done..<range.upperBound, &encoding) }
    }

    /// Whether trimming takes the scalar for white space: it is, or is how a vocabulary spells a space.
    private static func isBlank(_ scalar: UInt32) -> Bool {
        BytePairScalars.space.contains(scalar) || scalar == ByteAlphabet.scalars[0x20].value
    }

    private func trimmed(_ range: Range<Int>, _ leading: Int, _ trailing: Int) -> Range<Int> {
        definition.trimming?.trimmed(range, leading: leading, trailing: trailing) ?? range
    }

    /// Appends the tokens of `scalars[range]`, which is not empty and holds no added token.
    private func append(
        _ scalars: [UInt32], _ range: Range<Int>, spaced: Bool, _ memory: inout BytePairMemory,
        _ encoding: inout Encoding
    ) {
        let isSpaced = spaced && scalars[range.lowerBound] != 0x20
        let text = (isSpaced ? [0x20] : []) + scalars[range]
        // The space that was put there stands for the scalar behind it.
        let shift = range.lowerBound - (isSpaced ? 1 : 0)
        var bytes: [UInt8] = []
        var owners: [Int] = []
        var tokens: [BytePairMemory.Token] = []
        var start = 0
        while start < text.count {
            let end = definition.splits ? splitter.end(of: start, in: text) : text.count
            bytes.removeAll(keepingCapacity: true)
            owners.removeAll(keepingCapacity: true)
            for place in start..<end {
                Self.append(text[place], of: max(place + shift, range.lowerBound), &bytes, &owners)
            }
            memory.replace(&tokens, by: bytes)
            var first = 0
            for token in tokens {
                let last = Int(token.end) - 1
                let leading = bytes[first...last].prefix { $0 == 0x20 }.count
                let trailing = bytes[first...last].reversed().prefix { $0 == 0x20 }.count
                encoding.append(token.id, trimmed(owners[first]..<owners[last] + 1, leading, trailing))
                first = last + 1
            }
            start = end
        }
    }

    /// Appends the bytes of `scalar`, and for each of them whose it is.
    private static func append(_ scalar: UInt32, of owner: Int, _ bytes: inout [UInt8], _ owners: inout [Int]) {
        if scalar < 0x80 {
            bytes.append(UInt8(scalar))
            owners.append(owner)
        } else if let encoded = Unicode.Scalar(scalar).flatMap(UTF8.encode) {
            for byte in encoded {
                bytes.append(byte)
                owners.append(owner)
            }
        }
    }
}
