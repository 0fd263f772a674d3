import Tensors

/// What methods that start from real text ask of the model and its tokenizer.
public protocol TextReader {
    /// The tokens of `text`, without special ones around it.
    func tokens(of text: String) throws -> [Int32]

    /// The keys and values that every attention of the model, with nothing attached, has for these tokens, lowest first: each
    /// `[tokens, keyWidth]`.
    func keysAndValues(of tokens: [Int32]) throws -> [(key: Tensor, value: Tensor)]
}
