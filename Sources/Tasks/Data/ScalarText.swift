/// A text that can be cut by Unicode scalar offsets without walking through it.
struct ScalarText: Sendable {
    private let scalars: [Unicode.Scalar]

    /// The scalars of `text`.
    init(_ text: String) {
        scalars = Array(text.unicodeScalars)
    }

    /// The number of scalars.
    var count: Int { scalars.count }

    /// The text in `range`, as much of it as there is.
    subscript(range: Range<Int>) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars[range.clamped(to: 0..<count)])
        return String(view)
    }

    /// Whether exactly the scalars of `text` stand at `offset`.
    func has(_ text: some Collection<Unicode.Scalar>, at offset: Int) -> Bool {
        offset >= 0 && offset <= count && scalars[offset...].starts(with: text)
    }

    /// The first offset at which `text` stands.
    func firstOffset(of text: some Collection<Unicode.Scalar>) -> Int? {
        scalars.indices.first { has(text, at: $0) }
    }
}
