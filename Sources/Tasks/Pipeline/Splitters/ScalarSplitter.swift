import YAML

/// Cuts a text where the kind of its scalars changes.
struct ScalarSplitter: TextSplitter {
    /// What is done with a scalar.
    enum Role: UInt8 {
        /// It is in a piece with others of its role.
        case letter, other
        /// It is a piece of its own.
        case single
        /// It goes.
        case space
    }

    private let role: @Sendable (UInt32) -> Role
    private let ascii: [Role]

    var marksWords: Bool { ascii[0x20] == .space }

    /// Cuts by `role`.
    init(_ role: @escaping @Sendable (UInt32) -> Role) {
        self.role = role
        ascii = (0..<128).map(role)
    }

    func split(_ text: inout SplitText) {
        var cut: [Range<Int>] = []
        cut.reserveCapacity(text.pieces.count * 2)
        for piece in text.pieces {
            var start = piece.lowerBound
            var current = Role.space
            for place in piece {
                let value = text.scalars[place].value
                let role = value < 128 ? ascii[Int(value)] : role(value)
                if role == current && role != .single { continue }
                if current != .space { cut.append(start..<place) }
                start = place
                current = role
            }
            if current != .space { cut.append(start..<piece.upperBound) }
        }
        text.pieces = cut
    }
}

extension ScalarSplitter {
    /// Words and marks, as BERT cuts them.
    static let bert = ScalarSplitter { value in
        if BertScalars.whitespace.contains(value) { return .space }
        return BertScalars.punctuation.contains(value) ? .single : .letter
    }

    /// Runs of letters, digits and connectors, and runs of anything else but white space.
    static let words = ScalarSplitter { value in
        if Unicode.Scalar(value).map(ScalarProperty.isWord) ?? false { return .letter }
        return BertScalars.whitespace.contains(value) ? .space : .other
    }

    /// Anything but white space.
    static let whitespace = ScalarSplitter { value in BertScalars.whitespace.contains(value) ? .space : .letter }
}
