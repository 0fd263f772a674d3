import NN

/// Lays written chats out as sequences, of which what the assistant says is learned. What is too long loses its end.
struct ChatLayout: Sendable {
    /// The longest sequence.
    let maxLength: Int
    /// Whether all of a chat is learned.
    let learnsAll: Bool

    /// A chat of these tokens.
    func feature(
        _ chat: ChatWriter.Written, _ encoding: Encoding
    ) throws(DataError) -> (Feature, isTruncated: Bool) {
        let ids = Array(encoding.ids.prefix(maxLength))
        let labels = ids.labels(from: 1).filter { label in
            learnsAll || chat.answers.contains { $0.shares(encoding.ranges[Int(label.position) + 1]) }
        }
        guard !labels.isEmpty else {
            throw DataError(
                "nothing that the assistant says is among the first \(maxLength) tokens of the chat; raise task.max_seq_length",
                at: chat.location)
        }
        return (
            Feature(inputIDs: ids, tokenTypeIDs: [Int32](repeating: 0, count: ids.count), label: .tokens(labels)),
            encoding.ids.count > maxLength
        )
    }

    /// What generation starts from: the last tokens.
    func prompt(_ ids: [Int32]) -> Feature {
        let ids = Array(ids.suffix(maxLength))
        return Feature(inputIDs: ids, tokenTypeIDs: [Int32](repeating: 0, count: ids.count))
    }
}

extension Range<Int> {
    /// Whether a token that stands for `part` of a text has something of this range; one that stands for nothing, its place.
    fileprivate func shares(_ part: Range<Int32>) -> Bool {
        let (start, end) = (Int(part.lowerBound), Int(part.upperBound))
        return start == end ? contains(start) : start < upperBound && end > lowerBound
    }
}
