/// Texts that were generated, beside those that were to be, and the likelihood of the latter.
struct GeneratedOutcomes: Outcomes {
    static let kind = "generated texts"

    /// How each text agrees with its references: `[texts]`.
    var scores: [GeneratedScore]
    /// What the model says of the references' tokens.
    var likelihoods: LikelihoodOutcomes

    /// BLEU of all texts together, from 0 to 100.
    var bleu: Double { scores.reduce(BLEUCounts()) { $0 + $1.bleu }.score }
    /// The mean F over single words.
    var rouge1: Double { scores.map(\.rouge.one).mean }
    /// The mean F over neighbouring words.
    var rouge2: Double { scores.map(\.rouge.two).mean }
    /// The mean F over longest common sequences.
    var rougeL: Double { scores.map(\.rouge.longest).mean }
    /// The share of texts that are a reference.
    var exactMatch: Double { scores.map(\.exactMatch).mean }
}

/// How a generated text agrees with its references.
struct GeneratedScore: Hashable, Sendable {
    /// 1 when it is a reference, but for white space at its ends, else 0.
    let exactMatch: Double
    /// What BLEU is computed from.
    let bleu: BLEUCounts
    /// The F-measures.
    let rouge: ROUGEScore

    /// The score of `text`.
    init(_ text: String, references: [String]) {
        let own = text.trimmedAsPython.unicodeScalars
        exactMatch = references.contains { $0.trimmedAsPython.unicodeScalars.elementsEqual(own) } ? 1 : 0
        bleu = BLEUCounts(text, references: references)
        rouge = ROUGEScore(text, references: references)
    }
}
