import CKernels

extension Kernels {
    /// The backward pass of `attention`, with `p` computed again, `m` its dropout mask and `delta = sum(m p (dy vᵀ)) = sum(dy * output)` per
    /// row:
    ///
    ///     dv = (m p)ᵀ dy        ds = scale * p * (m * (dy vᵀ) - delta)        dq = ds k        dk = dsᵀ q
    ///
    /// The same for the prefix, whose gradient is the sum over sequences in their order. Where only the prefix is trained
    /// below, the columns of the sequence's own keys are not computed at all. Heads that share keys and values add to their
    /// gradients in order, in one task. The gradient of a bias by distance is the sum of `ds` over all pairs of the distance, sequence after
    /// sequence.
    ///
    /// - Parameters:
    ///   - output: what forward returned, `[queries, heads * headSize]`; needed only where the prefix alone has a gradient, so that scores of
    ///     columns which nobody wants are not computed for `delta`.
    ///   - lse: what forward returned, `[heads, queries]`
    ///   - dy: the output's gradient, `[queries, heads * headSize]`
    public static func attentionBackward(
        _ attention: Attention, _ inputs: Attention.Inputs, output: StoredTensor? = nil, lse: Tensor,
        dy: StoredTensor, wanted: Attention.Wanted
    ) -> Attention.Gradients {
        attention.check(inputs)
        precondition(dy.shape.count == inputs.query.shape.count, "attentionBackward: \(dy.shape)")
        precondition(
            output.map { $0.shape.count == dy.shape.count } ?? wanted.readsOwnColumns, "attentionBackward: no output")
        var gradients = Attention.Gradients()
        func gradient(_ isWanted: Bool, of shape: Shape) -> StoredTensor? {
            guard isWanted else { return nil }
            return StoredTensor(uninitialized: shape, inBFloat16: wanted.isHalf)
        }
        gradients.query = gradient(wanted.query, of: inputs.query.shape)
        gradients.key = gradient(wanted.key, of: inputs.key.shape)
        gradients.value = gradient(wanted.value, of: inputs.key.shape)
        // Per sequence, `[batch * prefix, keyValueHeads * headSize]`: summed in order afterwards, so threads change nothing.
        let partial = inputs.prefixKey.flatMap { prefix in
            wanted.prefix
                ? (
                    key: Tensor(uninitialized: [attention.batch * prefix.shape.rows, attention.keyWidth]),
                    value: Tensor(uninitialized: [attention.batch * prefix.shape.rows, attention.keyWidth])
                ) : nil
        }
        // Per sequence too: `[batch * heads, distances]`.
        let distances = inputs.bias.flatMap { bias in
            wanted.bias ? Tensor.zeros([attention.batch * attention.heads, bias.shape.columns]) : nil
        }
        let work = unsafe AttentionBackward(
            attention: attention, operands: Attention.Operands(inputs), dy: MatrixOperand(dy, row: 0, column: 0),
            bias: inputs.bias, output: output, lse: lse, query: gradients.query, key: gradients.key,
            value: gradients.value, prefixKey: partial?.key, prefixValue: partial?.value, biasGradient: distances,
            needsOwn: wanted.readsOwnColumns)
        withExtendedLifetime((inputs, dy)) {
            Parallel.forEach(attention.batch * attention.keyValueHeads, with: { Scratch() }) { index, scratch in
                work.run(
                    index / attention.keyValueHeads, keyValueHead: index % attention.keyValueHeads, scratch)
            }
        }
        if let partial, let prefix = inputs.prefixKey {
            gradients.prefixKey = columnSums(partial.key.reshaped([attention.batch, prefix.count])).reshaped(
                prefix.shape)
            gradients.prefixValue = columnSums(partial.value.reshaped([attention.batch, prefix.count]))
                .reshaped(prefix.shape)
        }
        if let distances, let bias = inputs.bias {
            gradients.bias = columnSums(distances.reshaped([attention.batch, bias.count])).reshaped(bias.shape)
        }
        return gradients
    }
}

/// The backward of one attention: what its tasks read, and the gradients they write, each task its own columns and rows.
@safe private struct AttentionBackward: @unchecked Sendable {
    let attention: Attention
    let operands: Attention.Operands
    let dy: MatrixOperand
    let bias: Tensor?
    let output: StoredTensor?
    let lse: Tensor
    let query: StoredTensor?, key: StoredTensor?, value: StoredTensor?
    let prefixKey: Tensor?, prefixValue: Tensor?, biasGradient: Tensor?

    /// Whether the sequence's own columns are read, and not the prefix's alone.
    let needsOwn: Bool

    /// What all blocks of a task read, and the sums to which each adds.
    @unsafe struct Columns {
        let products: SmallProducts
        /// `[columns, headSize]`, the prefix's first; turned are those of which products read the transposed.
        let keys: MatrixOperand, turnedKeys: MatrixOperand, turnedValues: MatrixOperand
        /// `[columns, width]`, of those that somebody wants; nil where nobody wants any.
        let keySums: UnsafeMutablePointer<Float>?, valueSums: UnsafeMutablePointer<Float>?
        /// From one row to the next, of `querySums` too.
        let width: Int
        /// `[block, width]`
        let querySums: UnsafeMutablePointer<Float>
        /// Scores and their gradients, `[block, columns]`.
        let scores: UnsafeMutablePointer<Float>, slopes: UnsafeMutablePointer<Float>
    }

    /// The work of the heads of queries that share one of keys and values.
    func run(_ sequence: Int, keyValueHead: Int, _ scratch: Scratch) {
        scratch.clear()
        let first = keyValueHead * attention.group
        let task = attention.task(sequence, head: first)
        let size = attention.headSize
        let prefixCount = unsafe operands.prefixCount
        let ownCount = needsOwn ? task.keys.count : 0
        let count = prefixCount + ownCount
        let products = unsafe operands.products(task)
        let height = products.room(rows: min(Attention.queryBlock, task.queries.count))
        let width = products.room(columns: size)
        /// Room for the sums of all columns, or of the prefix's where nobody wants those of the sequence's own.
        func sums(_ own: StoredTensor?, _ prefix: Tensor?) -> UnsafeMutablePointer<Float>? {
            guard own != nil || prefix != nil else { return nil }
            return unsafe scratch.floats(products.room(rows: own == nil ? prefixCount : count) * width)
        }
        let turnedKeys = unsafe attention.columns(
            .keys, operands, task, ownCount: ownCount, products, scratch, isTransposed: true)
        // A prefix has been gathered for both.
        let keys =
            unsafe query == nil || operands.prefixCount > 0
            ? turnedKeys
            : attention.columns(.keys, operands, task, ownCount: ownCount, products, scratch, isTransposed: false)
        let columns = unsafe Columns(
            products: products, keys: keys, turnedKeys: turnedKeys,
            turnedValues: attention.columns(
                .values, operands, task, ownCount: ownCount, products, scratch, isTransposed: true),
            keySums: sums(key, prefixKey), valueSums: sums(value, prefixValue),
            width: width, querySums: scratch.floats(height * width),
            scores: scratch.floats(height * products.room(columns: count)),
            slopes: scratch.floats(height * products.room(columns: count)))
        // Where queries see some keys only, a block adds to these alone.
        let isZeroed = attention.keyLimits != nil
        if isZeroed {
            unsafe columns.keySums?.update(repeating: 0, count: (key == nil ? prefixCount : count) * width)
            unsafe columns.valueSums?.update(repeating: 0, count: (value == nil ? prefixCount : count) * width)
        }
        var adds = isZeroed
        let mark = scratch.mark
        for head in first..<first + attention.group {
            let task = attention.task(sequence, head: head)
            for start in stride(from: task.queries.lowerBound, to: task.queries.upperBound, by: Attention.queryBlock) {
                scratch.release(to: mark)
                let range = start..<min(start + Attention.queryBlock, task.queries.upperBound)
                unsafe run(task, range, columns, adds: adds, scratch)
                adds = true
            }
        }
        if let sums = unsafe columns.keySums {
            unsafe write(sums, width, task, key, prefix: prefixKey, prefixCount, part: .keys)
        }
        if let sums = unsafe columns.valueSums {
            unsafe write(sums, width, task, value, prefix: prefixValue, prefixCount, part: .values)
        }
    }

    /// One block of queries of a head; `adds` tells that gradients of keys and values hold those of other blocks.
    private func run(
        _ task: Attention.Task, _ range: Range<Int>, _ columns: Columns, adds: Bool, _ scratch: Scratch
    ) {
        let (products, size, width) = unsafe (columns.products, attention.headSize, columns.width)
        let (scores, slopes) = unsafe (columns.scores, columns.slopes)
        let (start, rows, prefixCount) = unsafe (range.lowerBound, range.count, operands.prefixCount)
        let count = prefixCount + (needsOwn ? attention.keyCount(of: task, range) : 0)
        let ld = products.room(columns: count)
        let queries = unsafe products.operand(
            operands.query.at(start, task.column), rows, columns: size, scratch)
        let gradient = unsafe products.operand(
            dy.at(start, task.column), rows, columns: size, scratch)
        unsafe products.multiply(
            queries, transposed: columns.turnedKeys, rows: rows, columns: count, inner: size, to: scores, scratch)
        unsafe products.multiply(
            gradient, transposed: columns.turnedValues, rows: rows, columns: count, inner: size, to: slopes, scratch)
        unsafe attention.withDistances(from: start, head: task.head, of: bias) { places, bias in
            unsafe pk_add_distances(rows, count, ld, places, bias, scores)
        }
        let delta = unsafe needsOwn ? nil : delta(range, column: task.column, gradient, products, scratch)
        unsafe attention.withLimits(from: start) { limits in
            unsafe pk_softmax_backward(
                attention.dropout.kernel, task.head * lse.shape.columns + start, rows, count, ld,
                attention.scale, attention.slopes?[task.head] ?? 0, limits, prefixCount, lse.row(task.head) + start,
                delta, scores, slopes)
        }
        let biasRow = task.sequence * attention.heads + task.head
        unsafe attention.withDistances(from: start, head: biasRow, of: biasGradient) { places, sums in
            unsafe pk_sum_distances(rows, count, ld, places, slopes, sums)
        }
        if let sums = unsafe columns.valueSums {
            unsafe products.multiply(
                transposed: MatrixOperand(scores, ld), gradient, rows: value == nil ? prefixCount : count,
                columns: size, inner: rows, adds: adds, to: sums, scratch)
        }
        if let sums = unsafe columns.keySums {
            unsafe products.multiply(
                transposed: MatrixOperand(slopes, ld), queries, rows: key == nil ? prefixCount : count,
                columns: size, inner: rows, adds: adds, to: sums, scratch)
        }
        if let query {
            unsafe products.multiply(
                MatrixOperand(slopes, ld), columns.keys, rows: rows, columns: size, inner: count,
                to: columns.querySums, scratch)
            unsafe query.write(rows, size, columns.querySums, width, row: start, column: task.column)
        }
    }

    /// `sum(dy * output)` of the queries `range`; nil where there is no output.
    private func delta(
        _ range: Range<Int>, column: Int, _ gradient: MatrixOperand, _ products: SmallProducts, _ scratch: Scratch
    ) -> UnsafePointer<Float>? {
        guard let output else { return nil }
        let delta = unsafe scratch.floats(range.count)
        let result = unsafe MatrixOperand(output, row: range.lowerBound, column: column)
        let floats = unsafe products.floats(gradient, range.count, columns: attention.headSize, scratch)
        unsafe pk_row_dots(
            range.count, attention.headSize, floats.floats, floats.ld, result.floats, result.halves, result.ld, delta)
        return unsafe UnsafePointer(delta)
    }

    /// Writes the sums of a task's columns where they belong: those of the prefix, and those of the sequence's own rows.
    private func write(
        _ sums: UnsafeMutablePointer<Float>, _ width: Int, _ task: Attention.Task, _ own: StoredTensor?,
        prefix: Tensor?, _ prefixCount: Int, part: Attention.Part
    ) {
        let size = attention.headSize
        if let prefix {
            let columns = unsafe prefix.row(task.sequence * prefixCount) + task.keyColumn
            if let dropout = attention.prefixDropout {
                let mask = attention.mask(dropout, task, part)
                unsafe pk_dropout_rows(mask, 0, prefixCount, size, sums, width, columns, attention.keyWidth)
            } else {
                unsafe pk_write_rows(prefixCount, size, sums, width, columns, nil, attention.keyWidth)
            }
        }
        unsafe own?.write(
            task.keys.count, size, sums + prefixCount * width, width, row: task.keys.lowerBound, column: task.keyColumn)
    }
}
