import Autograd
import NN
import Tensors

/// An attention of T5 behind its normalisation, with the residual: to its own tokens, or to what the encoder made of the source.
struct T5Attention {
    /// What an attention of the decoder to the source looks at.
    struct Memory {
        /// `[tokens, hidden]`
        let rows: Variable
        /// The first row of each sequence, and the number of rows: `[sequences + 1]`.
        let offsets: [Int]
    }

    /// Where rows stand in their sequences.
    struct Places {
        /// The first row of each sequence, and the number of rows: `[sequences + 1]`.
        let offsets: [Int]
        /// How many tokens of its sequence stand before each row: `[rows]`.
        let before: [Int32]

        /// - Parameter past: how many tokens of each sequence went before its rows; nil for none.
        init(offsets: [Int], past: [Int]?) {
            self.offsets = offsets
            before = zip(offsets, offsets.dropFirst()).enumerated().flatMap { sequence, bounds in
                (0..<bounds.1 - bounds.0).map { Int32((past?[sequence] ?? 0) + $0) }
            }
        }

        /// The number of tokens of the longest sequence.
        var longest: Int { Int(before.max() ?? -1) + 1 }
    }

    /// The biases of a pass by distance.
    struct Biases {
        /// `[heads, distances]`
        let values: Variable
        /// The column of distance 0.
        let origin: Int
    }

    let index: Int
    let site: AttentionSite
    let sublayer: SublayerSite
    private let shape: T5Shape
    private let norm: RMSNorm
    private let query: Linear, key: Linear, value: Linear
    private let output: Linear

    /// The attention `name` of the layer's part `scope`.
    ///
    /// - Parameters:
    ///   - index: its number among all attentions.
    ///   - layer: the number of its layer among those of both networks.
    init(
        _ scope: ParameterScope, _ name: String, index: Int, layer: Int, stack: AttentionStack, _ shape: T5Shape
    ) throws(CheckpointError) {
        self.index = index
        self.shape = shape
        let (maps, hidden, inner) = (scope[name], shape.hidden, shape.inner)
        func map(_ name: String, _ inputs: Int, _ outputs: Int, _ width: Int) throws(CheckpointError) -> Linear {
            try Linear(
                maps[name], inputs: inputs, outputs: outputs, deviation: shape.factor / Double(width).squareRoot(),
                hasBias: false)
        }
        norm = try RMSNorm(scope["layer_norm"], hidden: hidden, epsilon: shape.epsilon)
        query = try map("q", hidden, inner, hidden * shape.headSize)
        key = try map("k", hidden, inner, hidden)
        value = try map("v", hidden, inner, hidden)
        output = try map("o", inner, hidden, inner)
        site = AttentionSite(
            path: maps.path, hidden: hidden, heads: shape.heads, headSize: shape.headSize, isCausal: stack == .decoder,
            joinsBeforeOutput: true, stack: stack)
        sublayer = SublayerSite(
            path: scope.path, kind: stack == .cross ? .crossAttention : .attention, layer: layer, hidden: hidden)
    }

    /// - Parameters:
    ///   - x: `[rows, hidden]`
    ///   - places: of the rows in their sequences.
    ///   - memory: what an attention to the source looks at; nil where the pass keeps what it made of that.
    ///   - biases: by distance, for its own rows.
    /// - Returns: `[rows, hidden]`
    func callAsFunction(
        _ x: Variable, _ places: Places, memory: Memory? = nil, biases: Biases? = nil, _ pass: ForwardPass
    ) -> Variable {
        let normed = norm(x)
        let before = Int32(pass.graph.prefixLength(at: index))
        let layout = Attention(
            queryOffsets: places.offsets, keyOffsets: memory?.offsets ?? places.offsets,
            keyLimits: site.isCausal ? places.before.map { $0 + 1 } : nil, heads: shape.heads, headSize: shape.headSize,
            scale: 1,
            distances: biases.map { Attention.Distances(places: places.before.map { $0 + before }, origin: $0.origin) },
            dropout: pass.dropout(Float(shape.attentionDropout), at: site.path))
        let call = AttentionCall(query: query(normed, pass), layout: layout) { (key($0, pass), value($0, pass)) }
        let seen = memory?.rows ?? normed
        let context =
            site.stack == .cross
            ? pass.attendToSource(at: index, call) { (key(seen, pass), value(seen, pass)) }
            : pass.attend(at: index, key: key(seen, pass), value: value(seen, pass), bias: biases?.values, call)
        return sublayer.join(output(context, pass), x, dropout: shape.hiddenDropout, pass)
    }

    /// What it computes, in order.
    ///
    /// - Parameter table: the one that its biases come from.
    func stages(table: Parameter?) -> [BackboneCost.Stage] {
        let rows: BackboneCost.Rows = site.stack == .encoder ? .sequence : .decoder
        func stage(_ works: [BackboneCost.Work], norms: [Parameter] = [], _ rows: BackboneCost.Rows)
            -> BackboneCost.Stage
        {
            .init(works, norms: norms, rows: rows)
        }
        let maps = [key, value, query].map { BackboneCost.Work.linear($0.site, isRead: false) }
        let sources =
            site.stack == .cross ? [stage(Array(maps[..<2]), .memory), stage([maps[2]], rows)] : [stage(maps, rows)]
        let attention = BackboneCost.Work.attention(
            index, site, query: query.site, key: key.site, value: value.site, isRead: false, bias: table)
        return [stage([], norms: [norm.weight], rows)] + sources + [
            stage([attention], rows), stage([.linear(output.site, isRead: false)], rows),
            stage([.sublayer(sublayer, isRead: false)], rows),
        ]
    }
}
