import NN
import Tensors
import YAML

/// Where the virtual tokens of a method stand, by the names of the library `adapters`.
public enum PromptCombination: String, CaseIterable, Sendable {
    /// In front of the sequence.
    case prefix
    /// Behind the first token, which keeps its position.
    case afterFirst = "prefix_after_bos"

    var place: PromptPlace { self == .prefix ? .front : .afterFirst }
}

/// What all methods with virtual tokens share: names, what PEFT saves of them, and starts from a text.
enum PromptAdapter {
    /// The name in front of their parameters, PEFT's.
    static let path = "prompt_encoder"
    /// The name of the virtual tokens' table among their parameters.
    static let table = "prompt_encoder.embedding.weight"
    /// The name of the only tensor that PEFT saves of them.
    static let saved = "prompt_embeddings"

    /// A trained prompt or prefix in PEFT's terms.
    ///
    /// - Parameters:
    ///   - value: `[prompt, hidden]`, or of a prefix `[prefix, layers * 2 * hidden]`
    ///   - length: the number of virtual tokens.
    ///   - width: PEFT's `token_dim`.
    ///   - heads: the heads that a prefix has; those of queries unless given.
    ///   - layers: those that a prefix has; the encoder's or the model's unless given.
    ///   - config: the keys of `adapter_config.json` that only this method has.
    static func exported(
        _ value: Tensor, length: Int, width: Int, heads: Int? = nil, layers: Int? = nil, from graph: TunerGraph,
        config: [String: JSON]
    ) -> ExportedAdapter {
        let shared: [String: JSON] = [
            "num_virtual_tokens": .integer(length), "token_dim": .integer(width),
            "num_layers": .integer(layers ?? graph.layerCount),
            "num_attention_heads": .integer(heads ?? graph.attentions.first?.heads ?? 0),
            "num_transformer_submodules": .integer(graph.promptedNetworks),
        ]
        return ExportedAdapter(
            tensors: [saved: value], config: config.merging(shared) { own, _ in own }, headPrefix: "base_model.")
    }

    /// What PEFT saved of a method with virtual tokens, by our names; whatever made them, they are now a table of their own.
    ///
    /// - Parameter hasTwice: whether there may be as many again, for a decoder beside an encoder.
    /// - Throws: when there are not `length` of them.
    static func imported(
        _ tensors: [String: Tensor], length: Int, hasTwice: Bool = false
    ) throws(AttachmentError) -> [String: Tensor] {
        guard let value = tensors[saved] else {
            throw AttachmentError(nil, "the adapter has no tensor '\(saved)', which holds its virtual tokens")
        }
        guard value.shape.rank == 2, value.shape.rows == length || hasTwice && value.shape.rows == 2 * length else {
            throw AttachmentError(
                "num_virtual_tokens", "it is \(length), but '\(saved)' has the shape \(value.shape)")
        }
        var values = [table: value]
        let prefix = "base_model."
        for (name, tensor) in tensors where name != saved {
            values[name.hasPrefix(prefix) ? String(name.dropFirst(prefix.count)) : name] = tensor
        }
        return values
    }

    /// The tokens of the text in setting `key`, cut to `length` of them, or repeated until there are so many.
    ///
    /// - Throws: when the text has none, or one that the model does not know.
    static func tokens(
        of text: String, length: Int, key: String, _ graph: TunerGraph, _ reader: any TextReader
    ) throws -> [Int32] {
        let tokens = try reader.tokens(of: text)
        guard !tokens.isEmpty else {
            throw AttachmentError(key, "the text has no tokens; write at least one word")
        }
        if let words = graph.wordEmbeddings, tokens.contains(where: { $0 < 0 || Int($0) >= words.shape.rows }) {
            throw AttachmentError(
                key, "the tokenizer has tokens that the model's \(words.shape.rows) embeddings lack")
        }
        return (0..<length).map { tokens[$0 % tokens.count] }
    }

    /// The table of the virtual tokens that a method declared.
    static func table(of graph: TunerGraph) -> Parameter? { graph.parameters.first { $0.path == table } }
}

extension TunerGraph {
    /// The number of layers; of an encoder-decoder those of the encoder, as PEFT counts.
    var layerCount: Int { attentions.count { $0.stack == nil || $0.stack == .encoder } }

    /// The networks for each of which PEFT has virtual tokens. It reads none but the first one's, the encoder's, but trains and saves them
    /// all, and a memory that makes them goes through them all.
    var promptedNetworks: Int { isEncoderDecoder ? 2 : 1 }
}
