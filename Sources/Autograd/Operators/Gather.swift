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
    Variable(Kernels.gather(table.value, indices), from: [table]) { dy, gradients in
        gradients.accumulate(table) { Kernels.scatter(dy, indices, into: table.shape, addingTo: $0) }
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
    Variable(Kernels.columns(x.value, range), from: [x]) { dy, gradients in
        gradients.accumulate(x) { Kernels.spread(dy, first: range.lowerBound, into: x.shape, addingTo: $0) }
    }
}
