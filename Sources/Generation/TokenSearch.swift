import Tensors

/// How the texts of one prompt are chosen, step by step.
protocol TokenSearch {
    /// The texts whose next token is wanted; of a prompt that has not gone through the model the only one.
    var open: [Hypothesis] { get set }
    /// The texts that are done, best first, once none is open.
    var finished: [GeneratedSequence] { get }

    /// Chooses the next tokens.
    ///
    /// - Parameters:
    ///   - logits: of each open text's next token: `[open, vocabulary]`
    ///   - report: told each token that is certain to stand in a result, by the number of that.
    mutating func advance(_ logits: Tensor, _ report: (_ sequence: Int, _ token: Int32) throws -> Void) throws
}
