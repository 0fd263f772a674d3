import CKernels
import COpenBLAS

extension Kernels {
    /// The forward pass of `attention`.
    ///
    /// - Returns: output `[queries, heads * headSize]`, in bfloat16 where queries, keys or values are, and lse `[heads, queries]`, the
    ///   log-sum-exp of each row of scores.
    public static func attention(
        _ attention: Attention, _ inputs: Attention.Inputs
    ) -> (output: StoredTensor, lse: Tensor) {
        attention.check(inputs)
        let output = StoredTensor(uninitialized: inputs.query.shape, inBFloat16: inputs.isHalf)
        let lse = Tensor(uninitialized: [attention.heads, inputs.query.shape.rows])
        let forward = AttentionForward(attention: attention, inputs: inputs, output: output, lse: lse)
        Parallel.forEach(attention.batch * attention.heads) { forward.run(attention.task($0)) }
        return (output, lse)
    }
}

/// The forward of one attention: what its tasks read, and the rows and columns of the output that each writes.
private struct AttentionForward: Sendable {
    let attention: Attention
    let inputs: Attention.Inputs
    let output: StoredTensor, lse: Tensor

    /// The keys and the values that one run of score columns has behind it.
    @unsafe struct Columns {
        let first: Int
        let isPrefix: Bool
        let keys: MatrixOperand
        let values: MatrixOperand
    }

    func run(_ task: Attention.Task) {
        let size = attention.headSize
        let products = attention.products(inputs, task)
        let queryCount = inputs.query.shape.rows
        let prefixCount = inputs.prefixKey?.shape.rows ?? 0
        let queries = Tensor(uninitialized: [products.isHalf ? 0 : min(Attention.queryBlock, task.queries.count), size])
        let most = products.room(columns: prefixCount + task.keys.count)
        let scores = Tensor(
            uninitialized: [products.room(rows: min(Attention.queryBlock, task.queries.count)), most])
        let halfWidth = products.room(columns: size)
        let floats = Tensor(uninitialized: [output.halves == nil ? 0 : scores.shape.rows, halfWidth])
        let scratch = Tensor(uninitialized: [2 * (prefixCount + (products.isHalf ? 0 : task.keys.count)), size])
        let gathered = BFloat16Tensor(uninitialized: [products.isHalf ? 2 * (prefixCount + task.keys.count) : 0, size])
        let parts = unsafe columns(
            task, products, prefixCount: prefixCount, scratch: scratch, gathered: gathered)
        for start in stride(from: task.queries.lowerBound, to: task.queries.upperBound, by: Attention.queryBlock) {
            let rows = min(Attention.queryBlock, task.queries.upperBound - start)
            let columns = prefixCount + attention.keyCount(of: task, start..<start + rows)
            let ld = products.room(columns: columns)
            let query = unsafe products.operand(
                inputs.query, rows: start..<start + rows, column: task.column, scratch: queries)
            for index in unsafe parts.indices {
                let part = unsafe parts[index]
                let count = unsafe part.isPrefix ? prefixCount : columns - part.first
                unsafe products.multiply(
                    CblasNoTrans, CblasTrans, rows, count, size, query, part.keys, 0, scores.base + part.first, ld,
                    hasRoom: true)
            }
            unsafe attention.withDistances(from: start, head: task.head, of: inputs.bias) { places, bias in
                unsafe pk_add_distances(rows, columns, ld, 0, places, bias, scores.base)
            }
            unsafe attention.withLimits(from: start) { limits in
                unsafe pk_softmax(
                    attention.dropout.kernel, task.head * queryCount + start, rows, columns, ld,
                    attention.scale, attention.slopes?[task.head] ?? 0, limits, prefixCount, scores.base,
                    lse.row(task.head) + start)
            }
            let direct = unsafe output.floats.map { unsafe ($0.row(start) + task.column, attention.queryWidth) }
            let (result, width) = unsafe direct ?? (floats.base, halfWidth)
            var sum: Float = 0
            for index in unsafe parts.indices {
                let part = unsafe parts[index]
                let count = unsafe part.isPrefix ? prefixCount : columns - part.first
                unsafe products.multiply(
                    CblasNoTrans, CblasNoTrans, rows, size, count, MatrixOperand(scores.base + part.first, ld),
                    part.values, sum, result, width, hasRoom: direct == nil)
                sum = 1
            }
            if let halves = output.halves {
                for row in 0..<rows {
                    unsafe pk_f32_to_bf16(size, floats.row(row), halves.row(start + row) + task.column)
                }
            }
        }
        withExtendedLifetime((queries, scores, floats, scratch, gathered)) {}
    }

    /// The runs of score columns: the sequence's own and the prefix's; one of both where products round their operands anyway.
    private func columns(
        _ task: Attention.Task, _ products: SmallProducts, prefixCount: Int, scratch: Tensor, gathered: BFloat16Tensor
    ) -> [Columns] {
        var parts: [Columns] = unsafe []
        if let key = inputs.prefixKey, let value = inputs.prefixValue {
            let keys = unsafe attention.prefix(key, task, part: 0, scratch: scratch)
            let values = unsafe attention.prefix(
                value, task, part: 1, scratch: scratch.rows(prefixCount..<2 * prefixCount))
            unsafe parts.append(
                Columns(
                    first: 0, isPrefix: true, keys: MatrixOperand(keys.base, keys.ld),
                    values: MatrixOperand(values.base, values.ld)))
        }
        let own = scratch.rows(2 * prefixCount..<scratch.shape.rows)
        unsafe parts.append(
            Columns(
                first: prefixCount, isPrefix: false,
                keys: products.operand(
                    inputs.key, rows: task.keys, column: task.keyColumn, scratch: own.rows(0..<own.shape.rows / 2)),
                values: products.operand(
                    inputs.value, rows: task.keys, column: task.keyColumn,
                    scratch: own.rows(own.shape.rows / 2..<own.shape.rows))))
        guard products.isHalf, unsafe parts.count > 1 else { return unsafe parts }
        let (size, all) = (attention.headSize, prefixCount + task.keys.count)
        for index in unsafe parts.indices {
            let part = unsafe parts[index]
            let count = unsafe part.isPrefix ? prefixCount : task.keys.count
            let (keys, values) = unsafe (part.keys, part.values)
            unsafe pk_pack_rows(
                count, size, keys.floats, keys.halves, keys.ld, size, gathered.row(part.first))
            unsafe pk_pack_rows(
                count, size, values.floats, values.halves, values.ld, size, gathered.row(all + part.first))
        }
        return unsafe [
            Columns(
                first: 0, isPrefix: false, keys: MatrixOperand(gathered, row: 0),
                values: MatrixOperand(gathered, row: all))
        ]
    }
}
