import Tensors

/// The rows of `table` that `indices` name: an embedding, or the tokens that a head reads.
///
///     y[i] = table[indices[i]]        dtable[indices[i]] += dy[i]
///
/// Saves the indices.
///
/// - Parameters:
///   - table: `[rows, hidden]`
///   - indices: each in `0..<rows`
/// - Returns: `[indices, hidden]`
public func gather(_ table: Variable, _ indices: [Int32]) -> Variable {
    let (slot, shape) = (table.slot, table.shape)
    return Variable(Kernels.gather(table.value, indices), from: [table]) { dy in
        slot.accumulate { Kernels.scatter(dy, indices, into: shape, addingTo: $0) }
    }
}

/// The columns `range` of every row.
///
///     y = x[:, range]        dx[:, range] += dy
///
/// Saves nothing.
///
/// - Parameter x: `[rows, columns]`
/// - Returns: `[rows, range]`
public func columns(_ x: Variable, _ range: Range<Int>) -> Variable {
    let (slot, shape) = (x.slot, x.shape)
    return Variable(Kernels.columns(x.value, range), from: [x]) { dy in
        slot.accumulate { Kernels.spread(dy, first: range.lowerBound, into: shape, addingTo: $0) }
    }
}
