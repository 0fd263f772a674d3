import CKernels

extension Kernels {
    /// The forward pass of `attention` for the newest tokens of sequences whose earlier keys and values are kept, without dropout.
    ///
    /// Row by row, for there are few: what a query gets depends on its own sequence alone. Work is one task for each sequence and
    /// head.
    ///
    /// - Parameters:
    ///   - attention: which queries belong to which sequence, heads, scale and slopes; limits count all that is kept, and its
    ///     keys are not looked at.
    ///   - query: `[queries, heads * headSize]`
    ///   - kept: the keys and values of each sequence, those of the newest tokens included.
    ///   - prefixKey: `[prefix, keyValueHeads * headSize]`
    ///   - prefixValue: `[prefix, keyValueHeads * headSize]`
    ///   - bias: of distances, `[heads, distances]`
    /// - Returns: `[queries, heads * headSize]`
    public static func attention(
        _ attention: Attention, query: Tensor, kept: [KeyValueRows], prefixKey: Tensor?, prefixValue: Tensor?,
        bias: Tensor? = nil
    ) -> Tensor {
        precondition(
            query.shape.columns == attention.queryWidth && query.shape.rows == attention.queryOffsets.last
                && kept.count == attention.batch, "attention: \(query.shape) for \(kept.count) sequences")
        precondition(
            kept.allSatisfy { $0.count > 0 && $0.width == attention.keyWidth }
                && prefixKey.map { $0.shape.columns == attention.keyWidth } ?? true
                && prefixKey?.shape == prefixValue?.shape, "attention: keys that do not fit \(attention.keyWidth)")
        precondition((attention.distances == nil) == (bias == nil), "attention: distances and biases go together")
        let output = Tensor(uninitialized: query.shape)
        let prefixCount = prefixKey?.shape.rows ?? 0
        let longest = kept.map(\.count).max() ?? 0
        let work = query.count * (prefixCount + longest)
        let tasks = attention.batch * attention.heads
        // Handing out work takes as long as some thousands of products.
        let perThread = work > 1 << 15 ? 1 : tasks
        Parallel.rows(tasks, target: perThread) { range in
            let scores = Tensor(uninitialized: [prefixCount + longest + Int(PK_LANES)])
            for index in range {
                step(
                    attention, attention.task(index), query, kept[index / attention.heads], prefixKey, prefixValue,
                    bias, scores: scores, output)
            }
        }
        return output
    }

    /// One head of one sequence.
    private static func step(
        _ attention: Attention, _ task: Attention.Task, _ query: Tensor, _ kept: KeyValueRows, _ prefixKey: Tensor?,
        _ prefixValue: Tensor?, _ bias: Tensor?, scores: Tensor, _ output: Tensor
    ) {
        let (size, ld, prefixCount) = (attention.headSize, attention.keyWidth, prefixKey?.shape.rows ?? 0)
        for row in task.queries {
            let seen = attention.keyLimits.map { Int($0[row]) } ?? kept.count
            precondition(seen <= kept.count, "attention: a query that sees \(seen) of \(kept.count) keys")
            let q = unsafe query.row(row) + task.column
            let out = unsafe output.row(row) + task.column
            if let prefixKey {
                unsafe few(prefixCount, size, q, prefixKey.base + task.keyColumn, ld, scores.base)
            }
            for (number, block) in kept.blocks.enumerated() {
                let first = number * KeyValueRows.blockRows
                guard first < seen else { break }
                unsafe few(
                    min(KeyValueRows.blockRows, seen - first), size, q, block.key.base + task.keyColumn, ld,
                    scores.base + prefixCount + first)
            }
            unsafe attention.withDistances(from: row, head: task.head, of: bias) { places, bias in
                unsafe pk_add_distances(1, prefixCount + seen, prefixCount + seen, places, bias, scores.base)
            }
            var lse: Float = 0
            unsafe pk_softmax(
                DropoutMask?.none.kernel, 0, 1, prefixCount + seen, prefixCount + seen, attention.scale,
                attention.slopes?[task.head] ?? 0, nil, 0, scores.base, &lse)
            for column in 0..<size { unsafe out[column] = 0 }
            if let prefixValue {
                unsafe pk_few_rows(
                    1, size, prefixCount, scores.base, prefixCount, prefixValue.base + task.keyColumn, ld, 1, out, size)
            }
            for (number, block) in kept.blocks.enumerated() {
                let first = number * KeyValueRows.blockRows
                guard first < seen else { break }
                let rows = min(KeyValueRows.blockRows, seen - first)
                unsafe pk_few_rows(
                    1, size, rows, scores.base + prefixCount + first, rows, block.value.base + task.keyColumn, ld, 1,
                    out, size)
            }
        }
    }

    /// The products of one query with `rows` keys.
    private static func few(
        _ rows: Int, _ size: Int, _ query: UnsafePointer<Float>, _ keys: UnsafePointer<Float>, _ ld: Int,
        _ scores: UnsafeMutablePointer<Float>
    ) {
        unsafe pk_few_rows_transposed(1, rows, size, query, size, keys, ld, 0, scores, rows)
    }
}
