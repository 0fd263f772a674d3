import Foundation

/// What a language model says of the tokens of texts.
struct LikelihoodOutcomes: Outcomes {
    static let kind = "likelihoods of tokens"

    /// The negative log-likelihood of all predicted tokens together.
    var total: Double
    /// The number of predicted tokens.
    var count: Int

    /// The mean negative log-likelihood of a token; not a number where none is predicted.
    var loss: Double { total / Double(count) }
    /// Its exponential.
    var perplexity: Double { exp(loss) }
}
