import Configuration
import NN
import YAML

/// The names of labels, and the index of each.
struct LabelIndex: Sendable {
    /// The names by their indices.
    let names: [String]
    private let indices: [String: Int]

    /// The index of these names; of a name that stands twice, the first place counts.
    init(_ names: [String]) {
        self.names = names
        indices = Dictionary(names.enumerated().map { ($1, $0) }) { first, _ in first }
    }

    /// The names in an order of their own: whole numbers by size, then all others letter by letter.
    init(collecting names: some Sequence<String>) {
        self.init(
            Set(names).sorted { first, second in
                switch (Int(first), Int(second)) {
                case (let first?, let second?) where first != second: first < second
                case (.some, nil): true
                case (nil, .some): false
                default: first.unicodeScalars.lexicographicallyPrecedes(second.unicodeScalars)
                }
            })
    }

    /// The index of a name, which stands at `location`.
    ///
    /// - Parameter origin: where the known names come from.
    func index(of name: String, from origin: String, at location: SourceLocation) throws(DataError) -> Int {
        if let index = indices[name] { return index }
        let near = Suggestion.nearest(to: name, among: names).map { "; did you mean '\($0)'?" }
        let shown = names.prefix(12).joined(separator: ", ") + (names.count > 12 ? ", …" : "")
        throw DataError("the label '\(name)' is not known \(origin)\(near ?? "; known are \(shown)")", at: location)
    }

    /// The index of a name, if it is known.
    subscript(name: String) -> Int? { indices[name] }
}
