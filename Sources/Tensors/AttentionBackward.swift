import CKernels
import COpenBLAS

extension Kernels {
    /// The backward pass of `attention`, with `p` computed again, `m` its dropout mask and `delta = sum(dy * output)` per row:
    ///
    ///     dv = (m p)ᵀ dy        ds = scale * p * (m * (dy vᵀ) - delta)        dq = ds k        dk = dsᵀ q
    ///
    /// The same for the prefix, whose gradient is the sum over sequences in their order. Where only the prefix is trained
    /// below, the columns of the sequence's own keys are not computed at all. Heads that share keys and values add to their
    /// gradients in order, in one task. The gradient of a bias by distance is the sum of `ds` over all pairs of the distance, sequence after
    /// sequence.
    ///
    /// - Parameters:
    ///   - output: what forward returned, `[queries, heads * headSize]`
    ///   - lse: what forward returned, `[heads, queries]`
    ///   - dy: the output's gradient, `[queries, heads * headSize]`
    public static func attentionBackward(
        _ attention: Attention, _ inputs: Attention.Inputs, output: StoredTensor, lse: Tensor,
        dy: StoredTensor, wanted: Attention.Wanted
    ) -> Attention.Gradients {
        attention.check(inputs)
        precondition(dy.shape.count == output.shape.count, "attentionBackward: \(dy.shape)")
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
        let work = AttentionBackward(
            attention: attention, inputs: inputs, output: output, lse: lse, dy: dy,
            query: gradients.query,
            key: gradients.key, value: gradients.value, prefixKey: partial?.key, prefixValue: partial?.value,
            bias: distances)
        Parallel.forEach(attention.batch * attention.keyValueHeads) { index in
            let first = index % attention.keyValueHeads * attention.group
            let sequence = index / attention.keyValueHeads
            work.run((first..<first + attention.group).map { attention.task(sequence, head: $0) })
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
private struct AttentionBackward: Sendable {
    let attention: Attention
    let inputs: Attention.Inputs
    let output: StoredTensor, lse: Tensor, dy: StoredTensor
    let query: StoredTensor?, key: StoredTensor?, value: StoredTensor?
    let prefixKey: Tensor?, prefixValue: Tensor?, bias: Tensor?

    /// A run of score columns: the prefix's or the sequence's own, with the keys and values behind them.
    @unsafe struct Columns {
        let first: Int
        var count: Int
        let isPrefix: Bool
        let keys: MatrixOperand
        let values: MatrixOperand
        let keyGradient: HeadGradient?
        let valueGradient: HeadGradient?
    }

    /// The work of heads that share keys and values.
    func run(_ heads: [Attention.Task]) {
        guard let task = heads.first else { return }
        let (size, keyCount) = (attention.headSize, task.keys.count)
        let prefixCount = inputs.prefixKey?.shape.rows ?? 0
        let products = attention.products(inputs, task)
        let blockRows = min(Attention.queryBlock, task.queries.count)
        let scratch = Tensor(uninitialized: [2 * (prefixCount + (products.isHalf ? 0 : keyCount)), size])
        let queries = Tensor(uninitialized: [products.isHalf ? 0 : blockRows, size])
        let wideGradient = Tensor(uninitialized: [dy.halves == nil ? 0 : blockRows, size])
        let querySums = Tensor(uninitialized: [query?.halves == nil ? 0 : blockRows, size])
        let keySums = Tensor(uninitialized: [key?.halves == nil ? 0 : keyCount, size])
        let valueSums = Tensor(uninitialized: [value?.halves == nil ? 0 : keyCount, size])
        let keyGradient = unsafe HeadGradient(key, rows: task.keys, column: task.keyColumn, size, sums: keySums)
        let valueGradient = unsafe HeadGradient(value, rows: task.keys, column: task.keyColumn, size, sums: valueSums)
        if attention.keyLimits != nil {
            // Where queries see some keys only, a block adds to these alone.
            unsafe keyGradient?.clear()
            unsafe valueGradient?.clear()
        }
        let parts = unsafe columns(
            of: task, products, prefixCount: prefixCount, scratch: scratch, keyGradient, valueGradient)
        let widest = unsafe parts.map { unsafe $0.count }.max() ?? 0
        let block = Tensor(uninitialized: [2 * products.room(rows: blockRows), products.room(columns: widest)])
        let delta = Tensor(uninitialized: [blockRows])
        var isFirst = true
        for task in heads {
            for start in stride(from: task.queries.lowerBound, to: task.queries.upperBound, by: Attention.queryBlock) {
                let range = start..<min(start + Attention.queryBlock, task.queries.upperBound)
                let result = unsafe MatrixOperand(output, row: start, column: task.column)
                let gradient = unsafe SmallProducts.floats(dy, rows: range, column: task.column, scratch: wideGradient)
                unsafe pk_row_dots(
                    range.count, size, gradient.floats, gradient.ld, result.floats, result.halves, result.ld, delta.base
                )
                let queryGradient = unsafe HeadGradient(query, rows: range, column: task.column, size, sums: querySums)
                var sum: Float = 0
                for part in unsafe parts.indices {
                    var columns = unsafe parts[part]
                    if unsafe !columns.isPrefix { unsafe columns.count = attention.keyCount(of: task, range) }
                    unsafe self.block(
                        task, products, columns, range, gradient, queryGradient, queries: queries, block: block,
                        delta: delta, isFirst: isFirst, sum: sum)
                    sum = 1
                }
                isFirst = false
                unsafe queryGradient?.finish()
            }
        }
        unsafe keyGradient?.finish()
        unsafe valueGradient?.finish()
        if let prefixDropout = attention.prefixDropout, let prefixKey, let prefixValue {
            for (part, gradient) in [prefixKey, prefixValue].enumerated() {
                let columns = unsafe gradient.row(task.sequence * prefixCount) + task.keyColumn
                unsafe pk_dropout_rows(
                    attention.mask(prefixDropout, task, part), 0, prefixCount, size, columns, attention.keyWidth,
                    columns, attention.keyWidth)
            }
        }
        withExtendedLifetime((scratch, queries, wideGradient, querySums, keySums, valueSums, block, delta)) {}
    }

    /// The runs of columns whose products are wanted, the prefix's and the sequence's own.
    private func columns(
        of task: Attention.Task, _ products: SmallProducts, prefixCount: Int, scratch: Tensor,
        _ keyGradient: HeadGradient?, _ valueGradient: HeadGradient?
    ) -> [Columns] {
        var parts: [Columns] = unsafe []
        if let key = inputs.prefixKey, let value = inputs.prefixValue,
            query != nil || prefixKey != nil || bias != nil
        {
            let keys = unsafe attention.prefix(key, task, part: 0, scratch: scratch)
            let values = unsafe attention.prefix(
                value, task, part: 1, scratch: scratch.rows(prefixCount..<2 * prefixCount))
            let row = task.sequence * prefixCount
            unsafe parts.append(
                Columns(
                    first: 0, count: prefixCount, isPrefix: true, keys: MatrixOperand(keys.base, keys.ld),
                    values: MatrixOperand(values.base, values.ld),
                    keyGradient: HeadGradient(prefixKey, row: row, column: task.keyColumn),
                    valueGradient: HeadGradient(prefixValue, row: row, column: task.keyColumn)))
        }
        if query != nil || key != nil || value != nil || bias != nil {
            let own = scratch.rows(2 * prefixCount..<scratch.shape.rows)
            unsafe parts.append(
                Columns(
                    first: prefixCount, count: task.keys.count, isPrefix: false,
                    keys: products.operand(
                        inputs.key, rows: task.keys, column: task.keyColumn, scratch: own.rows(0..<own.shape.rows / 2)),
                    values: products.operand(
                        inputs.value, rows: task.keys, column: task.keyColumn,
                        scratch: own.rows(own.shape.rows / 2..<own.shape.rows)),
                    keyGradient: keyGradient, valueGradient: valueGradient))
        }
        return unsafe parts
    }

    /// The products of the queries `range` with one run of columns; `sum` is 1 when `dq` already holds a part, and
    /// `isFirst` tells that nothing has been added to the gradients of keys and values.
    private func block(
        _ task: Attention.Task, _ products: SmallProducts, _ part: Columns, _ range: Range<Int>,
        _ gradient: MatrixOperand, _ queryGradient: HeadGradient?, queries: Tensor, block: Tensor, delta: Tensor,
        isFirst: Bool, sum: Float
    ) {
        let (start, rows) = (range.lowerBound, range.count)
        let (size, count) = unsafe (attention.headSize, part.count)
        let ld = products.room(columns: count)
        let queries = unsafe products.operand(
            inputs.query, rows: range, column: task.column, scratch: queries)
        let scores = unsafe block.base
        let slopes = unsafe block.base + products.room(rows: rows) * ld
        let prefixCount = inputs.prefixKey?.shape.rows ?? 0
        let isZeroed = unsafe attention.keyLimits != nil && !part.isPrefix
        let later: Float = isFirst && !isZeroed ? 0 : 1
        unsafe products.multiply(
            CblasNoTrans, CblasTrans, rows, count, size, queries, part.keys, 0, scores, ld, hasRoom: true)
        unsafe products.multiply(
            CblasNoTrans, CblasTrans, rows, count, size, gradient, part.values, 0, slopes, ld, hasRoom: true)
        let queryCount = inputs.query.shape.rows
        unsafe attention.withDistances(from: start, head: task.head, of: inputs.bias) { places, bias in
            unsafe pk_add_distances(rows, count, ld, part.first, places, bias, scores)
        }
        unsafe attention.withLimits(from: start) { limits in
            unsafe pk_softmax_backward(
                attention.dropout.kernel, task.head * queryCount + start, part.first, rows, count, ld,
                attention.scale, attention.slopes?[task.head] ?? 0, limits, prefixCount, lse.row(task.head) + start,
                delta.base, scores, slopes)
        }
        let biasRow = task.sequence * attention.heads + task.head
        unsafe attention.withDistances(from: start, head: biasRow, of: bias) { places, sums in
            unsafe pk_sum_distances(rows, count, ld, part.first, places, slopes, sums)
        }
        if let value = unsafe part.valueGradient {
            unsafe products.multiply(
                CblasTrans, CblasNoTrans, count, size, rows, MatrixOperand(scores, ld), gradient, later, value.sums,
                value.ld)
        }
        if let key = unsafe part.keyGradient {
            unsafe products.multiply(
                CblasTrans, CblasNoTrans, count, size, rows, MatrixOperand(slopes, ld), queries, later, key.sums,
                key.ld)
        }
        if let query = unsafe queryGradient {
            unsafe products.multiply(
                CblasNoTrans, CblasNoTrans, rows, size, count, MatrixOperand(slopes, ld), part.keys, sum, query.sums,
                query.ld)
        }
    }
}

/// Some rows of one head of a gradient while they are summed: in place, or in floats beside it that are rounded in the end.
@unsafe private struct HeadGradient {
    let sums: UnsafeMutablePointer<Float>
    /// From one row to the next.
    let ld: Int
    private let rows: Int, size: Int
    private let halves: UnsafeMutablePointer<UInt16>?
    private let halfWidth: Int

    /// - Parameter sums: `[rows, size]` where `gradient` is in bfloat16.
    init?(_ gradient: StoredTensor?, rows: Range<Int>, column: Int, _ size: Int, sums: Tensor) {
        guard let gradient else { return nil }
        let (row, width) = (rows.lowerBound, gradient.shape.columns)
        let floats = unsafe gradient.floats.map { unsafe $0.row(row) + column }
        unsafe (self.sums, ld) = unsafe floats.map { unsafe ($0, width) } ?? (sums.base, size)
        unsafe (self.rows, self.size, halfWidth) = (rows.count, size, width)
        unsafe halves = gradient.halves.map { unsafe $0.row(row) + column }
    }

    /// In place.
    init?(_ gradient: Tensor?, row: Int, column: Int) {
        guard let gradient else { return nil }
        unsafe (sums, ld) = unsafe (gradient.row(row) + column, gradient.shape.columns)
        unsafe (rows, size, halves, halfWidth) = (0, 0, nil, 0)
    }

    func clear() {
        for row in 0..<(unsafe rows) { unsafe (sums + row * ld).update(repeating: 0, count: size) }
    }

    /// Rounds what was summed beside the gradient.
    func finish() {
        guard let halves = unsafe halves else { return }
        for row in 0..<(unsafe rows) { unsafe pk_f32_to_bf16(size, sums + row * ld, halves + row * halfWidth) }
    }
}
