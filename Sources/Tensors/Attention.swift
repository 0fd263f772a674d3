import CKernels
import COpenBLAS

/// Scaled dot-product attention of a batch without padding: each query sees the keys of its own sequence, or in a decoder those
/// up to its own place, and a prefix that all sequences share.
///
///     p = softmax(scale * q [prefixKey; k]ᵀ)        output = dropout(p) [prefixValue; v]
///
/// Work is one task per sequence and head. A task holds the scores of a block of query rows, never those of all heads, and
/// the prefix is read where it is: no sequence has a copy of it. Backward computes the scores again from `lse`, so forward
/// saves one number per row and head.
public struct Attention: Sendable {
    /// The sequences' first query rows, and their total at the end: `[batch + 1]`.
    public let queryOffsets: [Int]
    /// The sequences' first key rows, and their total at the end: `[batch + 1]`.
    public let keyOffsets: [Int]
    /// How many of its sequence's keys each query sees, from the first: `[queries]`; nil where each sees all.
    public let keyLimits: [Int32]?
    /// The number of heads; the hidden size is `heads * headSize`.
    public let heads: Int
    /// The width of one head.
    public let headSize: Int
    /// The factor on the scores, usually `1 / sqrt(headSize)`.
    public let scale: Float
    /// Dropout on the attention probabilities.
    public let dropout: DropoutMask?
    /// Dropout on the prefix, drawn for each sequence on its own.
    public let prefixDropout: DropoutMask?

    /// Describes one attention; the two lists have the same length, and a sequence has at least one query and one key.
    public init(
        queryOffsets: [Int], keyOffsets: [Int], keyLimits: [Int32]? = nil, heads: Int, headSize: Int, scale: Float,
        dropout: DropoutMask? = nil,
        prefixDropout: DropoutMask? = nil
    ) {
        precondition(queryOffsets.count == keyOffsets.count && !keyOffsets.isEmpty, "Attention: offsets do not pair")
        precondition(
            [queryOffsets, keyOffsets].allSatisfy { zip($0, $0.dropFirst()).allSatisfy(<) },
            "Attention: an empty sequence")
        precondition(
            keyLimits.map { $0.count == queryOffsets.last && $0.allSatisfy { $0 > 0 } } ?? true,
            "Attention: a query without keys")
        precondition(heads > 0 && headSize > 0, "Attention: \(heads) heads of \(headSize)")
        self.queryOffsets = queryOffsets
        self.keyOffsets = keyOffsets
        self.keyLimits = keyLimits
        self.heads = heads
        self.headSize = headSize
        self.scale = scale
        self.dropout = dropout
        self.prefixDropout = prefixDropout
    }

    /// The same attention with dropout on the prefix.
    public func withPrefixDropout(_ mask: DropoutMask) -> Attention {
        Attention(
            queryOffsets: queryOffsets, keyOffsets: keyOffsets, keyLimits: keyLimits, heads: heads, headSize: headSize,
            scale: scale, dropout: dropout, prefixDropout: mask)
    }

    /// The inputs: queries `[queries, hidden]`, keys and values `[keys, hidden]`, a prefix `[prefix, hidden]` or none.
    public struct Inputs: Sendable {
        /// `[queries, hidden]`
        public var query: Tensor
        /// `[keys, hidden]`
        public var key: Tensor
        /// `[keys, hidden]`
        public var value: Tensor
        /// `[prefix, hidden]`
        public var prefixKey: Tensor?
        /// `[prefix, hidden]`
        public var prefixValue: Tensor?

        /// The inputs of one attention; both prefixes or neither.
        public init(query: Tensor, key: Tensor, value: Tensor, prefixKey: Tensor? = nil, prefixValue: Tensor? = nil) {
            precondition(prefixKey?.shape == prefixValue?.shape, "Attention: a prefix needs keys and values")
            self.query = query
            self.key = key
            self.value = value
            self.prefixKey = prefixKey
            self.prefixValue = prefixValue
        }
    }

    /// Which gradients backward is to compute.
    public struct Wanted: Sendable {
        /// Gradients of queries, keys, values.
        public var query: Bool, key: Bool, value: Bool
        /// Gradients of the prefix, keys and values.
        public var prefix: Bool

        /// Asks for these gradients.
        public init(query: Bool, key: Bool, value: Bool, prefix: Bool) {
            self.query = query
            self.key = key
            self.value = value
            self.prefix = prefix
        }
    }

    /// The gradients that were wanted, each with the shape of its input.
    public struct Gradients: Sendable {
        /// Gradients of the inputs of the same names.
        public var query: Tensor?, key: Tensor?, value: Tensor?, prefixKey: Tensor?, prefixValue: Tensor?
    }

    var batch: Int { keyOffsets.count - 1 }
    var hidden: Int { heads * headSize }

    /// The rows of queries that a task works on at a time, so that their scores stay in the second-level cache.
    public static let queryBlock = 128

    /// One sequence and one head: the rows and columns it reads.
    struct Task {
        let sequence: Int
        let head: Int
        let queries: Range<Int>
        let keys: Range<Int>
        let column: Int
    }

    func task(_ index: Int) -> Task {
        let (sequence, head) = (index / heads, index % heads)
        return Task(
            sequence: sequence, head: head, queries: queryOffsets[sequence]..<queryOffsets[sequence + 1],
            keys: keyOffsets[sequence]..<keyOffsets[sequence + 1], column: head * headSize)
    }

    /// The keys that any of the query rows `queries` of a task sees.
    func keyCount(of task: Task, _ queries: Range<Int>) -> Int {
        keyLimits.map { min(task.keys.count, Int($0[queries].max() ?? 0)) } ?? task.keys.count
    }

    /// Lends where the limits of the rows from `row` stand; nil where each query sees all keys.
    func withLimits<Result>(from row: Int, _ body: (UnsafePointer<Int32>?) -> Result) -> Result {
        guard let keyLimits else { return body(nil) }
        return unsafe keyLimits.withUnsafeBufferPointer { unsafe body($0.baseAddress.map { unsafe $0 + row }) }
    }

    func check(_ inputs: Inputs) {
        precondition(
            inputs.query.shape == [queryOffsets[batch], hidden] && inputs.key.shape == [keyOffsets[batch], hidden]
                && inputs.value.shape == inputs.key.shape
                && inputs.prefixKey.map { $0.shape.columns == hidden } ?? true,
            "attention: queries \(inputs.query.shape), keys \(inputs.key.shape), values \(inputs.value.shape)")
    }

    /// The prefix columns of one head as a sequence sees them: in place, or dropped out into `scratch` `[prefix, headSize]`.
    func prefix(_ prefix: Tensor, _ task: Task, part: Int, scratch: Tensor) -> (
        base: UnsafeMutablePointer<Float>, ld: Int
    ) {
        let columns = unsafe prefix.base + task.column
        guard let prefixDropout else { return unsafe (columns, hidden) }
        let rows = prefix.shape.rows
        unsafe pk_dropout_rows(
            mask(prefixDropout, task, part), 0, rows, headSize, columns, hidden, scratch.base, headSize)
        return unsafe (scratch.base, headSize)
    }

    /// The mask of one head's prefix keys (part 0) or values (part 1) in one sequence.
    func mask(_ dropout: DropoutMask, _ task: Task, _ part: Int) -> pk_dropout {
        DropoutMask?.some(dropout.part((task.sequence * heads + task.head) * 2 + part)).kernel
    }
}

extension Kernels {
    /// The forward pass of `attention`.
    ///
    /// - Returns: output `[queries, hidden]`, and lse `[heads, queries]`, the log-sum-exp of each row of scores.
    public static func attention(_ attention: Attention, _ inputs: Attention.Inputs) -> (output: Tensor, lse: Tensor) {
        attention.check(inputs)
        let (size, hidden) = (attention.headSize, attention.hidden)
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
                        CblasNoTrans, CblasTrans, rows, prefixCount, size, query, hidden, prefixes.key.base,
                        prefixes.key.ld, 0, scores.base, columns)
                }
                unsafe gemm(
                    CblasNoTrans, CblasTrans, rows, keys, size, query, hidden,
                    inputs.key.row(task.keys.lowerBound) + task.column, hidden, 0, own, columns)
                unsafe attention.withLimits(from: start) { limits in
                    unsafe pk_softmax(
                        attention.dropout.kernel, task.head * queryCount + start, rows, columns, columns,
                        attention.scale, limits, prefixCount, scores.base, lse.row(task.head) + start)
                }
                unsafe gemm(
                    CblasNoTrans, CblasNoTrans, rows, size, keys, own, columns,
                    inputs.value.row(task.keys.lowerBound) + task.column, hidden, 0, out, hidden)
                if let prefixes = unsafe prefixes {
                    unsafe gemm(
                        CblasNoTrans, CblasNoTrans, rows, size, prefixCount, scores.base, columns, prefixes.value.base,
                        prefixes.value.ld, 1, out, hidden)
                }
            }
            withExtendedLifetime((scores, scratch)) {}
        }
        return (output, lse)
    }
}
