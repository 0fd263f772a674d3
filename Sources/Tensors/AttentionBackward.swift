import CKernels
import COpenBLAS

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
    ///   - output: what forward returned, `[queries, heads * headSize]`; needed only where queries have no gradient, so that scores of
    ///     columns which nobody wants are not computed for `delta` alone.
    ///   - lse: what forward returned, `[heads, queries]`
    ///   - dy: the output's gradient, `[queries, heads * headSize]`
    public static func attentionBackward(
        _ attention: Attention, _ inputs: Attention.Inputs, output: StoredTensor? = nil, lse: Tensor,
        dy: StoredTensor, wanted: Attention.Wanted
    ) -> Attention.Gradients {
        attention.check(inputs)
        precondition(dy.shape.count == inputs.query.shape.count, "attentionBackward: \(dy.shape)")
        precondition(output.map { $0.shape.count == dy.shape.count } ?? wanted.query, "attentionBackward: no output")
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
            attention: attention, inputs: inputs, output: wanted.query ? nil : output, lse: lse, dy: dy,
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
    /// Nil where the scores of all columns are computed and give `delta`.
    let output: StoredTensor?
    let lse: Tensor, dy: StoredTensor
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
        let widths = unsafe parts.map { unsafe products.room(columns: $0.count) }
        let block = Tensor(uninitialized: [2 * products.room(rows: blockRows), widths.reduce(0, +)])
        let delta = Tensor(uninitialized: [blockRows])
        var isFirst = true
        for task in heads {
            for start in stride(from: task.queries.lowerBound, to: task.queries.upperBound, by: Attention.queryBlock) {
                let range = start..<min(start + Attention.queryBlock, task.queries.upperBound)
                let gradient = unsafe SmallProducts.floats(dy, rows: range, column: task.column, scratch: wideGradient)
                unsafe setDelta(delta, range, column: task.column, gradient)
                let queryGradient = unsafe HeadGradient(query, rows: range, column: task.column, size, sums: querySums)
                let queries = unsafe products.operand(inputs.query, rows: range, column: task.column, scratch: queries)
                var blocks: [Block] = unsafe []
                var room = unsafe block.base
                for part in unsafe parts.indices {
                    var columns = unsafe parts[part]
                    if unsafe !columns.isPrefix { unsafe columns.count = attention.keyCount(of: task, range) }
                    let (ld, height) = unsafe (products.room(columns: columns.count), products.room(rows: range.count))
                    unsafe blocks.append(
                        Block(
                            task: task, range: range, columns: columns, products: products, queries: queries,
                            gradient: gradient, scores: room, slopes: room + height * ld, ld: ld))
                    unsafe room += 2 * height * ld
                }
                for part in unsafe blocks.indices { unsafe score(blocks[part], delta: delta) }
                for part in unsafe blocks.indices {
                    unsafe finish(blocks[part], delta: delta, queryGradient, isFirst: isFirst, sum: part == 0 ? 0 : 1)
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

    /// Sets `delta` of the queries `range` to what is known of it before scores are.
    private func setDelta(_ delta: Tensor, _ range: Range<Int>, column: Int, _ gradient: MatrixOperand) {
        guard let output else { return unsafe delta.base.update(repeating: 0, count: range.count) }
        let result = unsafe MatrixOperand(output, row: range.lowerBound, column: column)
        unsafe pk_row_dots(
            range.count, attention.headSize, gradient.floats, gradient.ld, result.floats, result.halves, result.ld,
            delta.base)
    }

    /// Some queries of a head against one run of columns, and where their scores and the gradients of these lie, `[queries, ld]`.
    @unsafe struct Block {
        let task: Attention.Task
        let range: Range<Int>
        let columns: Columns
        let products: SmallProducts
        let queries: MatrixOperand, gradient: MatrixOperand
        let scores: UnsafeMutablePointer<Float>, slopes: UnsafeMutablePointer<Float>
        let ld: Int
    }

    /// Computes scores again and the gradients of what was multiplied by values, and adds the columns' part of `delta`.
    private func score(_ block: Block, delta: Tensor) {
        let (task, part, start) = unsafe (block.task, block.columns, block.range.lowerBound)
        let (rows, count, ld) = unsafe (block.range.count, part.count, block.ld)
        let (queryCount, prefixCount) = (inputs.query.shape.rows, inputs.prefixKey?.shape.rows ?? 0)
        func multiply(_ left: MatrixOperand, _ right: MatrixOperand, to result: UnsafeMutablePointer<Float>) {
            unsafe block.products.multiply(
                CblasNoTrans, CblasTrans, rows, count, attention.headSize, left, right, 0, result, ld, hasRoom: true)
        }
        unsafe multiply(block.queries, part.keys, to: block.scores)
        unsafe multiply(block.gradient, part.values, to: block.slopes)
        unsafe attention.withDistances(from: start, head: task.head, of: inputs.bias) { places, bias in
            unsafe pk_add_distances(rows, count, ld, part.first, places, bias, block.scores)
        }
        unsafe attention.withLimits(from: start) { limits in
            unsafe pk_softmax_again(
                attention.dropout.kernel, task.head * queryCount + start, part.first, rows, count, ld,
                attention.scale, attention.slopes?[task.head] ?? 0, limits, prefixCount, lse.row(task.head) + start,
                block.slopes, block.scores, output == nil ? delta.base : nil)
        }
    }

    /// Goes on once `delta` is whole; `sum` is 1 when `dq` already holds a part, and `isFirst` tells that nothing has been added to the
    /// gradients of keys and values.
    private func finish(
        _ block: Block, delta: Tensor, _ queryGradient: HeadGradient?, isFirst: Bool, sum: Float
    ) {
        let (task, part, products) = unsafe (block.task, block.columns, block.products)
        let (rows, count, ld, size) = unsafe (block.range.count, part.count, block.ld, attention.headSize)
        let isZeroed = unsafe attention.keyLimits != nil && !part.isPrefix
        let later: Float = isFirst && !isZeroed ? 0 : 1
        unsafe pk_softmax_backward(
            attention.dropout.kernel, rows, count, ld, attention.scale, delta.base, block.scores, block.slopes)
        let biasRow = task.sequence * attention.heads + task.head
        unsafe attention.withDistances(from: block.range.lowerBound, head: biasRow, of: bias) { places, sums in
            unsafe pk_sum_distances(rows, count, ld, part.first, places, block.slopes, sums)
        }
        if let value = unsafe part.valueGradient {
            unsafe products.multiply(
                CblasTrans, CblasNoTrans, count, size, rows, MatrixOperand(block.scores, ld), block.gradient, later,
                value.sums, value.ld)
        }
        if let key = unsafe part.keyGradient {
            unsafe products.multiply(
                CblasTrans, CblasNoTrans, count, size, rows, MatrixOperand(block.slopes, ld), block.queries, later,
                key.sums, key.ld)
        }
        if let query = unsafe queryGradient {
            unsafe products.multiply(
                CblasNoTrans, CblasNoTrans, rows, size, count, MatrixOperand(block.slopes, ld), part.keys, sum,
                query.sums, query.ld)
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
