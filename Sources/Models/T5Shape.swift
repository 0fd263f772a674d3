import NN
import Tensors

/// The numbers that all layers of a T5 share.
struct T5Shape {
    let hidden: Int
    let heads: Int
    let headSize: Int
    let intermediate: Int
    let layers: Int
    let decoderLayers: Int
    let activation: Activation
    let isGated: Bool
    let epsilon: Float
    /// New weights' deviations are multiples of it.
    let factor: Double
    let buckets: Int
    let farthest: Int
    let hiddenDropout: Double
    let attentionDropout: Double

    /// The numbers in `config.json`, some of which have the names of other families too.
    init(_ config: ModelConfig, _ options: BackboneOptions) throws(CheckpointError) {
        try config.require("is_encoder_decoder", true)
        try config.require("tie_encoder_decoder", false)
        hidden = try config.size(named: ["hidden_size", "d_model"], upTo: 1 << 17)
        heads = try config.size(named: ["num_attention_heads", "num_heads"])
        headSize = try config.size(named: ["head_dim", "d_kv"], upTo: 1 << 12)
        intermediate = try config.size("d_ff", upTo: 1 << 20)
        layers = try config.size(named: ["num_hidden_layers", "num_layers"], upTo: 1024)
        decoderLayers = try config.optionalSize("num_decoder_layers", upTo: 1024) ?? layers
        (activation, isGated) = try config.feedForward()
        epsilon = Float(try config.number("layer_norm_epsilon", or: 1e-6, in: 0...1))
        factor = try config.number("initializer_factor", or: 1, in: 0...100)
        buckets = try config.optionalSize("relative_attention_num_buckets", upTo: 1 << 16) ?? 32
        guard buckets >= 4, buckets % 2 == 0 else {
            throw config.error(
                "'relative_attention_num_buckets' is \(buckets); it must be even, and 4 or more",
                at: "relative_attention_num_buckets")
        }
        farthest = try config.optionalSize("relative_attention_max_distance") ?? 128
        // Half of the decoder's buckets hold one distance each.
        guard farthest > buckets / 2 else {
            throw config.error(
                "'relative_attention_max_distance' is \(farthest); with \(buckets) buckets it must be more than "
                    + "\(buckets / 2)", at: "relative_attention_max_distance")
        }
        hiddenDropout = try config.dropout("dropout_rate", replacedBy: options.hiddenDropout)
        attentionDropout = try config.dropout("dropout_rate", replacedBy: options.attentionDropout)
    }

    /// The width of queries, keys and values.
    var inner: Int { heads * headSize }
}

extension ModelConfig {
    /// The activation of the feed-forward networks, and whether they are gated; `dense_act_fn` and `is_gated_act`, which transformers
    /// writes beside `feed_forward_proj`, count more than what that says.
    fileprivate func feedForward() throws(CheckpointError) -> (Activation, isGated: Bool) {
        let key = "feed_forward_proj"
        let text = self[key].map { $0.string ?? "" } ?? (modelType == "mt5" ? "gated-gelu" : "relu")
        let parts = text.split(separator: "-", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 1 || parts.count == 2 && parts[0] == "gated" else {
            throw error("'\(key)' is '\(text)'; it must be an activation, or 'gated-' and an activation", at: key)
        }
        // The gated networks of T5 v1.1 have the approximation of GELU by tanh.
        let name = text == "gated-gelu" ? "gelu_new" : parts[parts.count - 1]
        guard let named = Activation.names.first(where: { $0.key == name })?.value else {
            let known = Activation.names.map(\.key).joined(separator: ", ")
            throw error("'\(key)' has the activation '\(name)'; supported: \(known)", at: key)
        }
        return (
            try choice("dense_act_fn", or: named, Activation.names), try boolean("is_gated_act", or: parts.count == 2)
        )
    }
}
