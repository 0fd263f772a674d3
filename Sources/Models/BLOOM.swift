import Autograd
import Foundation
import NN
import Tensors

/// BLOOM: a decoder without a table of positions, whose attentions see nearer tokens more strongly (ALiBi).
///
///     x = LayerNorm(word)
///     x = x + attention(LayerNorm(x))        x = x + W₂ gelu(W₁ LayerNorm(x))        in each layer
///     hidden = LayerNorm(x)
///
/// A score falls by a slope, different for each head, for each place between query and key; the virtual tokens of a prefix stand
/// in front of the others. Names, shapes and arithmetic follow transformers' `BloomModel`.
/// Le Scao et al., 2022, <https://arxiv.org/abs/2211.05100>; Press et al., 2021, <https://arxiv.org/abs/2108.12409>.
public struct BLOOM: Backbone {
    /// The `model_type` of its checkpoints.
    public static let modelType = "bloom"
    /// What it is.
    public static let help = "BLOOM, a decoder with biases by distance (ALiBi) in the place of positions."
    /// What stands in front of its tensors' names in a checkpoint with a head.
    public static let prefix = "transformer."

    /// The width of the hidden states.
    public let hiddenSize: Int
    /// The number of tokens that have an embedding.
    public let vocabularySize: Int
    /// Segments make no difference to it.
    public let tokenTypeCount = Int.max
    /// There is no table of positions.
    public let maximumPositions: Int? = nil
    /// Its attentions, lowest first.
    public let attentions: [AttentionSite]
    /// Its sub-layers, lowest first.
    public let sublayers: [SublayerSite]
    /// A token sees those before it and itself.
    public let isCausal = true
    /// `[vocabulary, hidden]`
    public let wordEmbeddings: Parameter
    /// A head reads the last token.
    public let sequenceHead = SequenceHeadForm(reading: .lastToken, name: "score", hasBias: false, dropout: 0)
    /// A head has a map named `classifier`.
    public let tokenHead: TokenHeadForm
    /// Whether the head's map onto the vocabulary is the table of embeddings.
    public let tiesEmbeddings: Bool
    /// The deviation of new weights.
    public let initializerRange: Double
    /// What a pass computes, in order.
    public let cost: BackboneCost
    /// What training drops.
    public let dropoutRates: DropoutRates
    private let embeddingNorm: LayerNorm
    private let layers: [BLOOMLayer]
    private let finalNorm: LayerNorm

    /// Declares its parameters in `store`.
    public init(_ config: ModelConfig, options: BackboneOptions, store: ParameterStore) throws(CheckpointError) {
        let shape = try BLOOMLayer.Shape(config, options)
        hiddenSize = shape.hidden
        vocabularySize = try config.size("vocab_size")
        initializerRange = shape.deviation
        let ownDropout = try config.optionalNumber("classifier_dropout", in: 0...0.999)
        tokenHead = TokenHeadForm(dropout: options.hiddenDropout ?? ownDropout ?? shape.hiddenDropout)
        tiesEmbeddings = try config.boolean("tie_word_embeddings", or: true)

        let scope = store.scope("transformer", owner: .backbone)
        wordEmbeddings = try scope["word_embeddings"].parameter(
            "weight", [vocabularySize, hiddenSize], .normal(deviation: shape.deviation))
        embeddingNorm = try LayerNorm(scope["word_embeddings_layernorm"], hidden: hiddenSize, epsilon: shape.epsilon)
        var layers: [BLOOMLayer] = []
        for index in 0..<(try config.size(named: ["num_hidden_layers", "n_layer"], upTo: 1024)) {
            layers.append(try BLOOMLayer(scope["h"][index], index: index, shape))
        }
        self.layers = layers
        finalNorm = try LayerNorm(scope["ln_f"], hidden: hiddenSize, epsilon: shape.epsilon)
        attentions = layers.map(\.site)
        sublayers = layers.flatMap { [$0.attentionSublayer, $0.feedForwardSublayer] }
        dropoutRates = DropoutRates(embeddings: 0, layers: max(shape.hiddenDropout, shape.attentionDropout))
        cost = BackboneCost(
            embeddings: [wordEmbeddings, embeddingNorm.weight, embeddingNorm.bias],
            stages: layers.enumerated().flatMap { $1.stages(isLast: $0 == layers.count - 1).asLayer }
                + [.init([], norms: [finalNorm.weight, finalNorm.bias])],
            summary: nil, hidden: hiddenSize)
    }

    /// Transformers' class with a head whose name ends so.
    public func className(with head: String) -> String { "Bloom" + head }

    /// The last layer's hidden states of the tokens that are read.
    ///
    /// - Returns: `[rows, hidden]`, a row for each token that is read.
    public func hiddenStates(_ batch: Batch, reading: Reading, _ pass: ForwardPass) -> Variable {
        var x = pass.begin(batch) { embeddingNorm(pass.embed(wordEmbeddings.variable, batch)) }
        for layer in layers {
            let isLast = layer.index == layers.count - 1
            let read = isLast ? reading.rows(of: batch) : nil
            x = pass.layer(x) { layer($0, batch, read: read, pass) }
        }
        return pass.finish(x) { finalNorm($0) }
    }

    /// The last token's hidden state as it is: `[sequences, hidden]`.
    public func summary(_ hidden: Variable, _ pass: ForwardPass) -> Variable { hidden }

    /// By how much each head's scores fall with the distance.
    ///
    ///     slope[h] = 2^(-8 (h + 1) / n)        for n heads, a power of two
    ///
    /// For another number the slopes of the next smaller power come first, then every other one of the next larger power.
    static func slopes(heads: Int) -> [Float] {
        var power = 1
        while 2 * power <= heads { power *= 2 }
        func slope(_ index: Int, of count: Int) -> Float { Float(pow(2, -8 * Double(index + 1) / Double(count))) }
        return (0..<power).map { slope($0, of: power) }
            + (0..<heads - power).map { slope(2 * $0, of: 2 * power) }
    }
}
