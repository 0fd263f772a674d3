import Tensors

/// The bias of each distance, from the table of the buckets that distances fall into (relative positions).
///
///     y[h, d] = table[buckets[d], h]        dtable[buckets[d], h] += dy[h, d]
///
/// Saves the buckets.
/// Raffel et al., 2019, <https://arxiv.org/abs/1910.10683>.
///
/// - Parameters:
///   - table: `[buckets, heads]`
///   - buckets: each a row of the table: `[distances]`
/// - Returns: `[heads, distances]`
public func distanceBias(_ table: Variable, _ buckets: [Int32]) -> Variable {
    let (slot, shape) = (table.slot, table.shape)
    return Variable(Kernels.transpose(Kernels.gather(table.value, buckets)), from: [table]) { dy in
        slot.accumulate { Kernels.scatter(Kernels.transpose(dy), buckets, into: shape, addingTo: $0) }
    }
}
