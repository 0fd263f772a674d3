import Autograd
import Tensors

/// What a decoder keeps of one sequence: the keys and values of each attention.
///
/// A copy goes on by itself, and shares with the original what both have (`KeyValueRows`).
public struct KeptSequence: Sendable {
    /// The tokens of each attention, lowest first.
    var attentions: [KeyValueRows]
    /// The number of tokens, virtual ones included.
    public internal(set) var count = 0

    /// Nothing, for a model with so many attentions.
    public init(attentions: Int) {
        self.attentions = Array(repeating: KeyValueRows(), count: attentions)
    }
}

/// What a pass reads of earlier tokens and adds to: a sequence for each one of its batch.
///
/// For inference only: no gradient goes through.
public final class KeyValueCache {
    /// The sequences of the next batch, in its order.
    public var sequences: [KeptSequence]

    /// Empty.
    public init() { sequences = [] }

    /// Whether nothing is kept yet.
    var isEmpty: Bool { sequences.allSatisfy { $0.count == 0 } }

    /// How many tokens are kept of each sequence: `[sequences]`.
    public var counts: [Int] { sequences.map(\.count) }

    /// Keeps the keys and values of a batch's rows.
    func append(_ index: Int, key: Tensor, value: Tensor, offsets: [Int]) {
        precondition(offsets.count == sequences.count + 1, "KeyValueCache: \(sequences.count) sequences")
        for sequence in sequences.indices {
            let rows = offsets[sequence]..<offsets[sequence + 1]
            sequences[sequence].attentions[index].append(key: key.rows(rows), value: value.rows(rows))
        }
    }

    /// Counts rows that have gone through all layers.
    ///
    /// - Parameter offsets: the first row of each sequence, and the number of rows: `[sequences + 1]`
    public func advance(_ offsets: [Int]) {
        for sequence in sequences.indices { sequences[sequence].count += offsets[sequence + 1] - offsets[sequence] }
    }
}
