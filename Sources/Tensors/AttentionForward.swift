import CKernels
import COpenBLAS

extension Kernels {
    /// The forward pass of `attention`.
    ///
    /// - Returns: output `[queries, heads * headSize]`, and lse `[heads, queries]`, the log-sum-exp of each row of scores.
    public static func attention(_ attention: Attention, _ inputs: Attention.Inputs) -> (output: Tensor, lse: Tensor) {
        attention.check(inputs)
        let (size, width, keyWidth) = (attention.headSize, attention.queryWidth, attention.keyWidth)
        let queryCount = inputs.query.shape.rows
        let prefixCount = inputs.prefixKey?.shape.rows ?? 0
        let output = Tensor(uninitialized: inputs.query.shape)
        let lse = Tensor(uninitialized: [attention.heads, queryCount])
        Parallel.forEach(attention.batch * attention.heads) { index in
            let task = attention.task(index)
            let scores = Tensor(
                uninitialized: [min(Attention.queryBlock, task.queries.count), prefixCount + task.keys.count])
            let scratch = Tensor(uninitialized: [2 * prefixCount, size])
            let prefixes = unsafe inputs.prefixKey.flatMap { key in
                unsafe inputs.prefixValue.map { value in
                    unsafe (
                        key: attention.prefix(key, task, part: 0, scratch: scratch),
                        value: attention.prefix(
                            value, task, part: 1, scratch: scratch.rows(prefixCount..<2 * prefixCount))
                    )
                }
            }
            for start in stride(from: task.queries.lowerBound, to: task.queries.upperBound, by: Attention.queryBlock) {
                let rows = min(Attention.queryBlock, task.queries.upperBound - start)
                let keys = attention.keyCount(of: task, start..<start + rows)
                let columns = prefixCount + keys
                let query = unsafe inputs.query.row(start) + task.column
                let out = unsafe output.row(start) + task.column
                let own = unsafe scores.base + prefixCount
                if let prefixes = unsafe prefixes {
                    unsafe gemm(
                        CblasNoTrans, CblasTrans, rows, prefixCount, size, query, width, prefixes.key.base,
                        prefixes.key.ld, 0, scores.base, columns)
                }
                unsafe gemm(
                    CblasNoTrans, CblasTrans, rows, keys, size, query, width,
                    inputs.key.row(task.keys.lowerBound) + task.keyColumn, keyWidth, 0, own, columns)
                unsafe attention.withDistances(from: start, head: task.head, of: inputs.bias) { places, bias in
                    unsafe pk_add_distances(rows, columns, columns, 0, places, bias, scores.base)
                }
                unsafe attention.withLimits(from: start) { limits in
                    unsafe pk_softmax(
                        attention.dropout.kernel, task.head * queryCount + start, rows, columns, columns,
                        attention.scale, attention.slopes?[task.head] ?? 0, limits, prefixCount, scores.base,
                        lse.row(task.head) + start)
                }
                unsafe gemm(
                    CblasNoTrans, CblasNoTrans, rows, size, keys, own, columns,
                    inputs.value.row(task.keys.lowerBound) + task.keyColumn, keyWidth, 0, out, width)
                if let prefixes = unsafe prefixes {
                    unsafe gemm(
                        CblasNoTrans, CblasNoTrans, rows, size, prefixCount, scores.base, columns, prefixes.value.base,
                        prefixes.value.ld, 1, out, width)
                }
            }
            withExtendedLifetime((scores, scratch)) {}
        }
        return (output, lse)
    }
}
