import NN
import YAML

/// Lays texts out in a template, between the special tokens of a single text.
struct ClozeLayout {
    /// A part of the template in tokens.
    private enum Part {
        case tokens([Int32])
        case text
        case pair
        case mask
    }

    /// The index of the tokenizer's mask.
    let mask: Int32
    private let parts: [Part]
    private let single: SingleLayout
    /// The tokens that are left for the texts.
    private let room: Int
    private let hasPair: Bool

    /// The layout of a template in the tokens of `tokenizer`.
    init(_ template: ClozeTemplate, _ tokenizer: any Tokenizer, maxLength: Int) throws(DataError) {
        guard let mask = tokenizer.maskID else {
            throw DataError("the tokenizer has no mask token, so no word can be missing; choose another model")
        }
        var virtual = 0
        parts = template.parts.map { part in
            switch part {
            case .words(let text): return .tokens(tokenizer.encode(text).ids)
            case .text: return .text
            case .pair: return .pair
            case .mask: return .mask
            case .virtual:
                defer { virtual += 1 }
                return .tokens([VirtualToken.id(virtual)])
            }
        }
        self.mask = mask
        single = tokenizer.singleLayout
        hasPair = template.parts.contains(.pair)
        let own = parts.reduce(1 + single.start.count + single.end.count) { count, part in
            if case .tokens(let ids) = part { count + ids.count } else { count }
        }
        room = maxLength - own
        guard room > 0 else {
            throw DataError(
                "the template alone is \(own) tokens, which leave no room for a text in max_seq_length \(maxLength)",
                key: "task.max_seq_length")
        }
    }

    /// Texts in the template.
    struct Sequence: Hashable {
        /// Vocabulary indices, negative for virtual tokens: `[tokens]`.
        var ids: [Int32]
        /// The place of the mask among the real tokens.
        var mask: Int
        /// Whether tokens of a text are missing.
        var isTruncated: Bool
    }

    /// One text, or two where the template has two.
    func sequence(
        _ first: [Int32], _ second: [Int32]?, at location: SourceLocation
    ) throws(DataError) -> Sequence {
        if hasPair, second == nil { throw DataError("the template has {text_pair}, the example none", at: location) }
        let second = hasPair ? second ?? [] : []
        let count = SequenceLayout.kept(of: first.count, second.count, room: room)
        var (ids, place) = (single.start, 0)
        for part in parts {
            switch part {
            case .tokens(let tokens): ids += tokens
            case .text: ids += first.prefix(count.first)
            case .pair: ids += second.prefix(count.second)
            case .mask:
                place = ids.count { $0 >= 0 }
                ids.append(mask)
            }
        }
        ids += single.end
        return Sequence(
            ids: ids, mask: place, isTruncated: count.first < first.count || count.second < second.count)
    }
}
