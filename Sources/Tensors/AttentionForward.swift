import CKernels

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
        let forward = unsafe AttentionForward(
            attention: attention, operands: Attention.Operands(inputs), bias: inputs.bias, output: output, lse: lse)
        withExtendedLifetime(inputs) {
            Parallel.forEach(attention.batch * attention.heads, with: { Scratch() }) { index, scratch in
                forward.run(attention.task(index), scratch)
            }
        }
        return (output, lse)
    }
}

/// The forward of one attention: what its tasks read, and the rows and columns of the output that each writes.
@safe private struct AttentionForward: @unchecked Sendable {
    let attention: Attention
    let operands: Attention.Operands
    let bias: Tensor?
    let output: StoredTensor, lse: Tensor

    func run(_ task: Attention.Task, _ scratch: Scratch) {
        scratch.clear()
        let size = attention.headSize
        let products = unsafe operands.products(task)
        let queryCount = lse.shape.columns
        let prefixCount = unsafe operands.prefixCount
        let height = products.room(rows: min(Attention.queryBlock, task.queries.count))
        let width = products.room(columns: size)
        let scores = unsafe scratch.floats(height * products.room(columns: prefixCount + task.keys.count))
        let result = unsafe scratch.floats(height * width)
        let keys = unsafe attention.columns(
            .keys, operands, task, ownCount: task.keys.count, products, scratch, isTransposed: true)
        let values = unsafe attention.columns(
            .values, operands, task, ownCount: task.keys.count, products, scratch, isTransposed: false)
        let mark = scratch.mark
        for start in stride(from: task.queries.lowerBound, to: task.queries.upperBound, by: Attention.queryBlock) {
            scratch.release(to: mark)
            let rows = min(Attention.queryBlock, task.queries.upperBound - start)
            let columns = prefixCount + attention.keyCount(of: task, start..<start + rows)
            let ld = products.room(columns: columns)
            let queries = unsafe products.operand(
                operands.query.at(start, task.column), rows, columns: size, scratch)
            unsafe products.multiply(
                queries, transposed: keys, rows: rows, columns: columns, inner: size, to: scores, scratch)
            unsafe attention.withDistances(from: start, head: task.head, of: bias) { places, bias in
                unsafe pk_add_distances(rows, columns, ld, places, bias, scores)
            }
            unsafe attention.withLimits(from: start) { limits in
                unsafe pk_softmax(
                    attention.dropout.kernel, task.head * queryCount + start, rows, columns, ld,
                    attention.scale, attention.slopes?[task.head] ?? 0, limits, prefixCount, scores,
                    lse.row(task.head) + start)
            }
            unsafe products.multiply(
                MatrixOperand(scores, ld), values, rows: rows, columns: size, inner: columns, to: result, scratch)
            unsafe output.write(rows, size, result, width, row: start, column: task.column)
        }
    }
}
