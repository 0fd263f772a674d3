import Configuration
import YAML

/// The words that labels stand for, each a single token.
struct Verbalizer: Sendable {
    /// The names of the labels; none where a label is itself the word.
    let labels: [String]
    /// The token of each label's word: `[labels]`.
    let words: [Int32]

    /// The words that a manifest gives.
    init(_ pairs: ValuesByName<String>, _ tokenizer: any Tokenizer) throws(DataError) {
        labels = pairs.pairs.map(\.name)
        var words: [Int32] = []
        for pair in pairs.pairs {
            let word: Int32
            do throws(DataError) {
                word = try Self.token(of: pair.value, "the word", tokenizer, at: nil)
            } catch {
                throw DataError(error.message, key: "task.verbalizer.\(pair.name)")
            }
            if let other = words.firstIndex(of: word) {
                throw DataError(
                    "'\(labels[other])' and '\(pair.name)' have words that are the same token", key: "task.verbalizer")
            }
            words.append(word)
        }
        self.words = words
    }

    /// The token that is missing where this example's label is right.
    func target(of example: TextExample, _ tokenizer: any Tokenizer) throws(DataError) -> Int32 {
        guard case .one(let label)? = example.label else {
            throw DataError(
                example.label == nil ? "the text has no label" : "the text has several labels",
                at: example.labelLocation)
        }
        if labels.isEmpty { return try Self.token(of: label, "the label", tokenizer, at: example.labelLocation) }
        return words[try LabelIndex(labels).index(of: label, from: "to task.verbalizer", at: example.labelLocation)]
    }

    private static func token(
        of word: String, _ owner: String, _ tokenizer: any Tokenizer, at location: SourceLocation?
    ) throws(DataError) -> Int32 {
        let ids = tokenizer.encode(word).ids
        guard let id = ids.first, ids.count == 1, id != tokenizer.unknownID else {
            let found = ids.count == 1 ? "a word that the tokenizer does not know" : "\(ids.count) tokens"
            throw DataError("\(owner) '\(word)' must be one token, and it is \(found)", at: location)
        }
        return id
    }
}

extension Tokenizer {
    /// The token of words that cannot be split, where there is one.
    fileprivate var unknownID: Int32? { id(of: "[UNK]") }
}
