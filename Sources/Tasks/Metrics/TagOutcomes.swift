/// A tag for each word of sentences.
struct TagOutcomes: Outcomes {
    static let kind = "tags of words"

    /// The predicted tags: `[sentences][words]`.
    var predicted: [[String]]
    /// The right tags: `[sentences][words]`.
    var actual: [[String]]
    /// How tags mark spans.
    var scheme = TagScheme.bio

    /// The share of right tags.
    var accuracy: Double {
        zip(predicted.joined(), actual.joined()).map { $0.unicodeScalars.elementsEqual($1.unicodeScalars) ? 1 : 0 }
            .mean
    }

    /// The agreement on spans: a predicted one is right when a right one has the same words and type.
    var spans: Agreement {
        zip(predicted, actual).reduce(into: Agreement()) { sum, sentence in
            let (found, real) = (Set(scheme.spans(of: sentence.0)), Set(scheme.spans(of: sentence.1)))
            sum.hits += found.intersection(real).count
            sum.predicted += found.count
            sum.actual += real.count
        }
    }
}

/// Words of a sentence that a type is said of.
struct TagSpan: Hashable {
    /// The type.
    var type: String
    /// The places of its words.
    var words: Range<Int>
}
