import Autograd
import Tensors

/// Which of a backbone's layers a pass computes, and which of them without dropout.
struct LayerWalk {
    /// Layers from this one on are left out.
    let end: Int
    /// Layers below this one, and the embeddings, have no dropout; nil where all have.
    let quietLayers: Int?
    /// Layers below this one are left out, since a batch brings what enters it.
    var start = 0
    /// The layer that comes next.
    var index = 0
    /// Whether dropout is left out at present.
    var isQuiet = false
}

extension ForwardPass {
    /// What enters the lowest layer: the embeddings, or what the batch brings of the frozen part. Every batch begins here, and each of
    /// the backbone's layers follows in `layer`.
    ///
    /// - Parameter embed: the embeddings, `[tokens, hidden]`
    /// - Returns: `[tokens, hidden]`
    public func begin(_ batch: Batch, _ embed: () -> Variable) -> Variable {
        walk.index = 0
        if let frozen = batch.frozen, case .layer(let layer) = frozen.depth {
            walk.start = layer
            return Variable(frozen.hidden)
        }
        walk.start = 0
        return quietly(walk.quietLayers != nil, embed)
    }

    /// The output of one of the backbone's layers; every backbone's layers go through here.
    ///
    /// - Parameters:
    ///   - x: what the layer below gave.
    ///   - layer: computes the output from it; it may read what was made before, a prefix or an encoder's states.
    public func layer(_ x: Variable, _ layer: @escaping (Variable) -> Variable) -> Variable {
        defer { walk.index += 1 }
        guard walk.start..<walk.end ~= walk.index else { return x }
        let isQuiet = walk.index < walk.quietLayers ?? 0
        guard checkpointsLayers, mode != .evaluation else { return quietly(isQuiet) { layer(x) } }
        // What all layers share is made outside of them.
        _ = prefixes
        return checkpointed(x) { x in self.quietly(isQuiet) { layer(x) } }
    }

    /// What follows the last layer; nothing where the pass ends below.
    public func finish(_ x: Variable, _ norm: (Variable) -> Variable) -> Variable { walk.end < .max ? x : norm(x) }

    private func quietly(_ isQuiet: Bool, _ body: () -> Variable) -> Variable {
        walk.isQuiet = isQuiet
        defer { walk.isQuiet = false }
        return body()
    }
}
