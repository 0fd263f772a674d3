/// A tokenizer that goes step by step through what a `tokenizer.json` names: added tokens are found, the text is normalised,
/// cut into pieces, and a model makes tokens of them.
///
/// It gives what Hugging Face's fast tokenizers give, offsets included.
struct PipelineTokenizer: Tokenizer {
    /// The steps, and what the files say beside them.
    struct Definition: Sendable {
        var normalizers: [any TextNormalizer] = []
        var splitters: [any TextSplitter] = []
        var model: any SubwordModel
        var decoders: [any PieceDecoder] = []
        var processing = PostProcessing()
        var addedTokens: [AddedToken] = []
        /// The tokens that the files name.
        var named = NamedTokens()
    }

    let singleLayout: SingleLayout
    let pairLayout: PairLayout
    let special: SpecialIDs
    let vocabularyCount: Int

    private let definition: Definition
    private let addedTokens: AddedTokens
    /// Whether words that stand alone get a space before them.
    private let wantsSpaces: Bool

    /// A tokenizer of these steps.
    init(_ definition: Definition) {
        let model = definition.model
        let added = AddedTokens(definition.addedTokens) { content in
            [AlignedScalar].spelling(of: content) { text in
                for normalizer in definition.normalizers { normalizer.normalize(&text) }
            }
        }
        let layouts = definition.processing.layouts
        special = SpecialIDs(definition.named, layouts.single, unknown: model.unknown) { token in
            added.id(of: token) ?? model.vocabulary.id(of: token)
        } isKnown: { id in
            added.content(of: id) != nil || model.vocabulary.piece(of: id) != nil
        }
        singleLayout = layouts.single
        pairLayout = layouts.pair
        vocabularyCount = max(model.vocabulary.count, added.vocabularyCount, layouts.vocabularyCount)
        let marks =
            definition.normalizers.contains { $0 is PrependNormalizer }
            || definition.splitters.contains(where: \.marksWords)
        wantsSpaces = !marks && definition.splitters.contains(where: \.wantsSpaces)
        addedTokens = added
        self.definition = definition
    }

    func id(of token: String) -> Int32? { addedTokens.id(of: token) ?? definition.model.vocabulary.id(of: token) }

    func encode(_ texts: [String]) -> [Encoding] {
        var memory = SubwordMemory(definition.model)
        return texts.map { encode($0, &memory) }
    }

    /// Each word is a text by itself, with a space before all but the first where only that says that a word begins.
    func encodeWords(_ words: [String]) -> [[Int32]] {
        var memory = SubwordMemory(definition.model)
        return words.enumerated().map { place, word in
            let isSpaced = wantsSpaces && place > 0 && !word.isEmpty && word.unicodeScalars.first != " "
            return encode(isSpaced ? " " + word : word, &memory).ids
        }
    }

    private func encode(_ text: String, _ memory: inout SubwordMemory) -> Encoding {
        let scalars = [AlignedScalar](aligning: text.unicodeScalars)
        var encoding = Encoding()
        var done = 0
        for match in addedTokens.original.matches(in: scalars, scalars.indices) {
            if done < match.range.lowerBound {
                append(Array(scalars[done..<match.range.lowerBound]), &memory, &encoding)
            }
            append(match, in: scalars, &encoding)
            done = match.range.upperBound
        }
        if done == 0 {
            append(scalars, &memory, &encoding)
        } else if done < scalars.count {
            append(Array(scalars[done...]), &memory, &encoding)
        }
        return encoding
    }

    /// Appends the tokens of a part of the original text that holds no token to be found there.
    private func append(_ part: [AlignedScalar], _ memory: inout SubwordMemory, _ encoding: inout Encoding) {
        guard let origin = part.first?.start else { return }
        var text = part
        for normalizer in definition.normalizers { normalizer.normalize(&text) }
        var done = 0
        for match in addedTokens.normalized.matches(in: text, text.indices) {
            if done < match.range.lowerBound {
                let before = Array(text[done..<match.range.lowerBound])
                append(pieces: SplitText(before, origin: done == 0 ? origin : before[0].start), &memory, &encoding)
            }
            append(match, in: text, &encoding)
            done = match.range.upperBound
        }
        if done == 0 {
            append(pieces: SplitText(text, origin: origin), &memory, &encoding)
        } else if done < text.count {
            append(pieces: SplitText(Array(text[done...]), origin: text[done].start), &memory, &encoding)
        }
    }

    /// Appends the tokens of a normalised text that holds no added token.
    private func append(pieces text: SplitText, _ memory: inout SubwordMemory, _ encoding: inout Encoding) {
        var text = text
        for splitter in definition.splitters { splitter.split(&text) }
        if let boundary = definition.model.boundary { text.cut(before: boundary) }
        let scalars = text.scalars
        let trims = definition.processing.trimming != nil
        for piece in text.pieces {
            memory.forEachToken(of: scalars, piece) { token in
                let range = piece.lowerBound + Int(token.start)..<piece.lowerBound + Int(token.end)
                if trims {
                    append(token.id, scalars, range, &encoding)
                } else {
                    encoding.append(
                        token.id, Int(scalars[range.lowerBound].start)..<Int(scalars[range.upperBound - 1].end))
                }
            }
        }
    }

    private func append(_ match: AddedTokenFinder.Match, in text: [AlignedScalar], _ encoding: inout Encoding) {
        append(match.id, text, match.range, &encoding)
    }

    /// Appends a token that stands for `text[range]`, its offsets trimmed where that is wanted.
    private func append(_ id: Int32, _ text: [AlignedScalar], _ range: Range<Int>, _ encoding: inout Encoding) {
        let part = text[range]
        guard let first = part.first, let last = part.last else { return }
        let origin = Int(first.start)..<max(Int(first.start), Int(last.end))
        guard let trimming = definition.processing.trimming else { return encoding.append(id, origin) }
        let leading = part.prefix { Self.isBlank($0.value) }.count
        let trailing = part.reversed().prefix { Self.isBlank($0.value) }.count
        encoding.append(id, trimming.trimmed(origin, leading: leading, trailing: trailing))
    }

    /// Whether trimming takes the scalar for white space: it is, or is how a byte-level vocabulary spells a space.
    private static func isBlank(_ scalar: UInt32) -> Bool {
        scalar == ByteAlphabet.values[0x20] || BytePairScalars.space.contains(scalar)
    }
}

extension PipelineTokenizer {
    func decode(_ ids: [Int32], skippingSpecial: Bool) -> String {
        let ids = skippingSpecial ? ids.filter { !addedTokens.isSpecial($0) } : ids
        if definition.decoders.first is ByteLevelDecoder {
            // An added token comes back as it is spelled.
            let text = String(decoding: ids.flatMap(bytes), as: UTF8.self)
            return definition.decoders.dropFirst().reduce([text]) { $1.decode($0) }.joined()
        }
        let pieces = ids.compactMap(piece)
        if definition.decoders.isEmpty { return pieces.joined(separator: " ") }
        return definition.decoders.reduce(pieces) { $1.decode($0) }.joined()
    }

    func openCount(_ ids: [Int32]) -> Int {
        if definition.decoders.first is ByteLevelDecoder { return UTF8Tail.openCount(ids, bytes) }
        guard definition.decoders.contains(where: { $0 is ByteFallbackDecoder }) else { return 0 }
        return ids.reversed().prefix { piece($0).flatMap(ByteFallbackDecoder.byte) != nil }.count
    }

    private func piece(_ id: Int32) -> String? {
        addedTokens.content(of: id) ?? definition.model.vocabulary.piece(of: id)
    }

    private func bytes(_ id: Int32) -> [UInt8] {
        addedTokens.content(of: id).map { Array($0.utf8) }
            ?? definition.model.vocabulary.scalars(of: id).map { ByteAlphabet.bytes(of: $0) } ?? []
    }
}
