import Autograd
import NN
import Tensors

/// One layer of BERT: self-attention and a feed-forward network, each followed by residual and normalisation.
struct BERTLayer {
    /// The numbers that all layers share.
    struct Shape {
        let hidden: Int
        let heads: Int
        let intermediate: Int
        let activation: Activation
        let epsilon: Float
        let deviation: Double
        let hiddenDropout: Double
        let attentionDropout: Double
    }

    let index: Int
    let site: AttentionSite
    private let shape: Shape
    private let query: Linear, key: Linear, value: Linear
    private let attentionOutput: Linear
    private let attentionNorm: LayerNorm
    private let intermediate: Linear
    private let output: Linear
    private let outputNorm: LayerNorm
    private let path: String

    init(_ scope: ParameterScope, index: Int, _ shape: Shape) throws(CheckpointError) {
        self.index = index
        self.shape = shape
        path = scope.path
        let (attention, hidden) = (scope["attention"], shape.hidden)
        func map(_ scope: ParameterScope, _ inputs: Int, _ outputs: Int) throws(CheckpointError) -> Linear {
            try Linear(scope, inputs: inputs, outputs: outputs, deviation: shape.deviation)
        }
        query = try map(attention["self"]["query"], hidden, hidden)
        key = try map(attention["self"]["key"], hidden, hidden)
        value = try map(attention["self"]["value"], hidden, hidden)
        attentionOutput = try map(attention["output"]["dense"], hidden, hidden)
        attentionNorm = try LayerNorm(attention["output"]["LayerNorm"], hidden: hidden, epsilon: shape.epsilon)
        intermediate = try map(scope["intermediate"]["dense"], hidden, shape.intermediate)
        output = try map(scope["output"]["dense"], shape.intermediate, hidden)
        outputNorm = try LayerNorm(scope["output"]["LayerNorm"], hidden: hidden, epsilon: shape.epsilon)
        site = AttentionSite(path: attention["self"].path, hidden: hidden, heads: shape.heads)
    }

    /// - Parameters:
    ///   - x: `[tokens, hidden]`
    ///   - reading: the tokens whose results anyone reads; queries, feed-forward and norms run for these alone.
    /// - Returns: `[tokens, hidden]`, or `[batch, hidden]` for one token per sequence.
    func callAsFunction(_ x: Variable, _ batch: Batch, reading: Reading, _ pass: ForwardPass) -> Variable {
        let read = reading.rows(of: batch)
        let own = read.map { gather(x, $0.rows) } ?? x
        let prefix = pass.prefix(at: index)
        let layout = Attention(
            queryOffsets: read?.offsets ?? batch.offsets, keyOffsets: batch.offsets, heads: shape.heads,
            headSize: shape.hidden / shape.heads, scale: 1 / Float(shape.hidden / shape.heads).squareRoot(),
            dropout: pass.dropout(Float(shape.attentionDropout), at: path + ".attention.self"),
            prefixDropout: prefix?.dropout)
        let context = attention(query: query(own), key: key(x), value: value(x), prefix: prefix?.prefix, layout: layout)
        let rate = Float(shape.hiddenDropout)
        let attended = attentionNorm(
            attentionOutput(context), residual: own, dropout: pass.dropout(rate, at: path + ".attention.output"))
        let wide = intermediate(attended, activation: shape.activation)
        return outputNorm(output(wide), residual: attended, dropout: pass.dropout(rate, at: path + ".output"))
    }
}
