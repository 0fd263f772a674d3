import CKernels
import COpenBLAS

extension Kernels {
    /// The backward pass of `attention`, with `p` computed again, `m` its dropout mask and `delta = sum(dy * output)` per row:
    ///
    ///     dv = (m p)ᵀ dy        ds = scale * p * (m * (dy vᵀ) - delta)        dq = ds k        dk = dsᵀ q
    ///
    /// The same for the prefix, whose gradient is the sum over sequences in their order. Where only the prefix is trained
    /// below, the columns of the sequence's own keys are not computed at all.
    ///
    /// - Parameters:
    ///   - output: what forward returned, `[queries, hidden]`
    ///   - lse: what forward returned, `[heads, queries]`
    ///   - dy: the output's gradient, `[queries, hidden]`
    public static func attentionBackward(
        _ attention: Attention, _ inputs: Attention.Inputs, output: Tensor, lse: Tensor, dy: Tensor,
        wanted: Attention.Wanted
    ) -> Attention.Gradients {
        attention.check(inputs)
        precondition(dy.count == output.count, "attentionBackward: \(dy.shape)")
        var gradients = Attention.Gradients()
        if wanted.query { gradients.query = Tensor(uninitialized: inputs.query.shape) }
        // Where queries see some keys only, a block adds to these alone.
        func keyGradient(_ isWanted: Bool) -> Tensor? {
            guard isWanted else { return nil }
            return attention.keyLimits == nil ? Tensor(uninitialized: inputs.key.shape) : .zeros(inputs.key.shape)
        }
        gradients.key = keyGradient(wanted.key)
        gradients.value = keyGradient(wanted.value)
        // Per sequence, `[batch * prefix, hidden]`: summed in order afterwards, so threads change nothing.
        let partial = inputs.prefixKey.flatMap { prefix in
            wanted.prefix
                ? (
                    key: Tensor(uninitialized: [attention.batch * prefix.shape.rows, attention.hidden]),
                    value: Tensor(uninitialized: [attention.batch * prefix.shape.rows, attention.hidden])
                ) : nil
        }
        let work = AttentionBackward(
            attention: attention, inputs: inputs, output: output, lse: lse, dy: dy, query: gradients.query,
            key: gradients.key, value: gradients.value, prefixKey: partial?.key, prefixValue: partial?.value)
        Parallel.forEach(attention.batch * attention.heads) { work.run(attention.task($0)) }
        if let partial, let prefix = inputs.prefixKey {
            gradients.prefixKey = columnSums(partial.key.reshaped([attention.batch, prefix.count])).reshaped(
                prefix.shape)
            gradients.prefixValue = columnSums(partial.value.reshaped([attention.batch, prefix.count]))
                .reshaped(prefix.shape)
        }
        return gradients
    }
}

/// The backward of one attention: what its tasks read, and the gradients they write, each task its own columns and rows.
private struct AttentionBackward: Sendable {
    let attention: Attention
    let inputs: Attention.Inputs
    let output: Tensor, lse: Tensor, dy: Tensor
    let query: Tensor?, key: Tensor?, value: Tensor?, prefixKey: Tensor?, prefixValue: Tensor?

    /// A run of score columns: the prefix's or the sequence's own, with the keys and values behind them.
    @unsafe struct Columns {
        let first: Int
        var count: Int
        let isPrefix: Bool
        let keys: UnsafeMutablePointer<Float>
        let values: UnsafeMutablePointer<Float>
        let ld: Int
        let keyGradient: UnsafeMutablePointer<Float>?
        let valueGradient: UnsafeMutablePointer<Float>?
    }

    func run(_ task: Attention.Task) {
        let (size, hidden) = (attention.headSize, attention.hidden)
        let prefixCount = inputs.prefixKey?.shape.rows ?? 0
        let scratch = Tensor(uninitialized: [2 * prefixCount, size])
        var parts: [Columns] = unsafe []
        if let key = inputs.prefixKey, let value = inputs.prefixValue, query != nil || prefixKey != nil {
            let keys = unsafe attention.prefix(key, task, part: 0, scratch: scratch)
            let values = unsafe attention.prefix(
                value, task, part: 1, scratch: scratch.rows(prefixCount..<2 * prefixCount))
            let row = task.sequence * prefixCount
            unsafe parts.append(
                Columns(
                    first: 0, count: prefixCount, isPrefix: true, keys: keys.base, values: values.base, ld: keys.ld,
                    keyGradient: prefixKey.map { unsafe $0.row(row) + task.column },
                    valueGradient: prefixValue.map { unsafe $0.row(row) + task.column }))
        }
        if query != nil || key != nil || value != nil {
            let row = task.keys.lowerBound
            unsafe parts.append(
                Columns(
                    first: prefixCount, count: task.keys.count, isPrefix: false,
                    keys: inputs.key.row(row) + task.column,
                    values: inputs.value.row(row) + task.column, ld: hidden,
                    keyGradient: key.map { unsafe $0.row(row) + task.column },
                    valueGradient: value.map { unsafe $0.row(row) + task.column }))
        }
        let widest = unsafe parts.map { unsafe $0.count }.max() ?? 0
        let block = Tensor(uninitialized: [2 * min(Attention.queryBlock, task.queries.count), widest])
        let delta = Tensor(uninitialized: [min(Attention.queryBlock, task.queries.count)])
        for start in stride(from: task.queries.lowerBound, to: task.queries.upperBound, by: Attention.queryBlock) {
            let rows = min(Attention.queryBlock, task.queries.upperBound - start)
            unsafe pk_row_dots(
                rows, size, dy.row(start) + task.column, hidden, output.row(start) + task.column, hidden, delta.base)
            var sum: Float = 0
            for part in unsafe parts.indices {
                var columns = unsafe parts[part]
                if unsafe !columns.isPrefix {
                    unsafe columns.count = attention.keyCount(of: task, start..<start + rows)
                }
                unsafe self.block(task, columns, start: start, rows: rows, block: block, delta: delta, sum: sum)
                sum = 1
            }
        }
        if let prefixDropout = attention.prefixDropout, let prefixKey, let prefixValue {
            for (part, gradient) in [prefixKey, prefixValue].enumerated() {
                let columns = unsafe gradient.row(task.sequence * prefixCount) + task.column
                unsafe pk_dropout_rows(
                    attention.mask(prefixDropout, task, part), 0, prefixCount, size, columns, hidden, columns, hidden)
            }
        }
        withExtendedLifetime((scratch, block, delta)) {}
    }

    /// The products of `rows` queries from `start` with one run of columns; `sum` is 1 when `dq` already holds a part.
    private func block(
        _ task: Attention.Task, _ part: Columns, start: Int, rows: Int, block: Tensor, delta: Tensor, sum: Float
    ) {
        let (size, hidden, count) = unsafe (attention.headSize, attention.hidden, part.count)
        let queries = unsafe inputs.query.row(start) + task.column
        let gradient = unsafe dy.row(start) + task.column
        let scores = unsafe block.base
        let slopes = unsafe block.base + rows * count
        let hasLimits = unsafe attention.keyLimits != nil && !part.isPrefix
        let later: Float = start > task.queries.lowerBound || hasLimits ? 1 : 0
        unsafe Kernels.gemm(
            CblasNoTrans, CblasTrans, rows, count, size, queries, hidden, part.keys, part.ld, 0, scores, count)
        unsafe Kernels.gemm(
            CblasNoTrans, CblasTrans, rows, count, size, gradient, hidden, part.values, part.ld, 0, slopes, count)
        let queryCount = inputs.query.shape.rows
        unsafe attention.withLimits(from: start) { limits in
            unsafe pk_softmax_backward(
                attention.dropout.kernel, task.head * queryCount + start, part.first, rows, count, count,
                attention.scale, hasLimits ? limits : nil, lse.row(task.head) + start, delta.base, scores, slopes)
        }
        if let value = unsafe part.valueGradient {
            unsafe Kernels.gemm(
                CblasTrans, CblasNoTrans, count, size, rows, scores, count, gradient, hidden, later, value, hidden)
        }
        if let key = unsafe part.keyGradient {
            unsafe Kernels.gemm(
                CblasTrans, CblasNoTrans, count, size, rows, slopes, count, queries, hidden, later, key, hidden)
        }
        if let query {
            let out = unsafe query.row(start) + task.column
            unsafe Kernels.gemm(
                CblasNoTrans, CblasNoTrans, rows, size, count, slopes, count, part.keys, part.ld, sum, out, hidden)
        }
    }
}
