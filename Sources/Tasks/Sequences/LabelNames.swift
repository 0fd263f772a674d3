import Configuration
import NN

/// The names of labels that a manifest gives, or leaves to be collected from the training data.
struct LabelNames: Sendable {
    /// The names in the manifest.
    let given: [String]?

    /// The labels of a training file.
    ///
    /// - Parameters:
    ///   - found: the labels in the file.
    ///   - least: how many there must be for there to be something to learn.
    func space(_ kind: LabelSpace.Kind, found: some Sequence<String>, atLeast least: Int) throws(DataError)
        -> LabelSpace
    {
        if let given { return LabelSpace(kind, names: given) }
        let names = LabelIndex(collecting: found).names
        guard names.count >= least else {
            let found = names.first.map { "only the label '\($0)'" } ?? "no label"
            throw DataError(
                "the training examples have \(found), so there is nothing to learn; name all labels in task.labels",
                key: "data.train")
        }
        return LabelSpace(kind, names: names)
    }

    /// Where the names of known labels come from, for errors.
    var origin: String { given == nil ? "from the training data" : "to task.labels" }

    /// Lists of names that cannot be.
    func contradictions(atLeast least: Int) -> [Contradiction] {
        guard let given else { return [] }
        var found: [Contradiction] = []
        if given.count < least {
            found.append(
                Contradiction(
                    key: "labels", with: "labels", message: "\(given.count) are too few; name at least \(least)"))
        }
        var seen: Set<String> = []
        for name in given where !seen.insert(name).inserted {
            found.append(Contradiction(key: "labels", with: "labels", message: "'\(name)' stands there twice"))
        }
        return found
    }
}
