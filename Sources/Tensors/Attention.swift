import CKernels

/// Scaled dot-product attention of a batch without padding: each query sees the keys of its own sequence, or in a decoder those
/// up to its own place, and a prefix that all sequences share.
///
///     p = softmax(scale * q [prefixKey; k]ᵀ + bias)        output = dropout(p) [prefixValue; v]
///
/// A group of neighbouring query heads can share one head of keys and values. With
/// slopes the bias of a key is its distance from the query's own place, prefix included, times the head's slope (ALiBi); with distances
/// it is the number that a table has for the distance (T5).
///
/// Work is one task per sequence and head of queries, in backward per head of keys and values. A task holds the scores of a block of query rows,
/// never those of all heads, and lays the prefix and its own keys and values side by side, in memory that the next task takes over: no
/// sequence keeps a copy of the prefix. Backward computes the scores again from `lse`, so forward saves one number per row and head.
public struct Attention: Sendable {
    /// The sequences' first query rows, and their total at the end: `[batch + 1]`.
    public let queryOffsets: [Int]
    /// The sequences' first key rows, and their total at the end: `[batch + 1]`.
    public let keyOffsets: [Int]
    /// How many of its sequence's keys each query sees, from the first: `[queries]`; nil where each sees all.
    public let keyLimits: [Int32]?
    /// The number of heads of queries.
    public let heads: Int
    /// The number of heads of keys and values, by which `heads` can be divided.
    public let keyValueHeads: Int
    /// The width of one head.
    public let headSize: Int
    /// The factor on the scores, usually `1 / sqrt(headSize)`.
    public let scale: Float
    /// By how much a score falls for each place between query and key: `[heads]`; nil for not at all.
    public let slopes: [Float]?
    /// What a bias by distance is read by; nil where the inputs have none.
    public let distances: Distances?
    /// Dropout on the attention probabilities.
    public let dropout: DropoutMask?
    /// Dropout on the prefix, drawn for each sequence on its own.
    public private(set) var prefixDropout: DropoutMask?

    /// Describes one attention; the two lists have the same length, and a sequence has at least one query and one key. There are
    /// as many heads of keys and values as of queries unless given; slopes go with limits only, and distances with a scale of 1.
    public init(
        queryOffsets: [Int], keyOffsets: [Int], keyLimits: [Int32]? = nil, heads: Int, keyValueHeads: Int? = nil,
        headSize: Int, scale: Float, slopes: [Float]? = nil, distances: Distances? = nil, dropout: DropoutMask? = nil,
        prefixDropout: DropoutMask? = nil
    ) {
        let keyValueHeads = keyValueHeads ?? heads
        precondition(queryOffsets.count == keyOffsets.count && !keyOffsets.isEmpty, "Attention: offsets do not pair")
        precondition(
            [queryOffsets, keyOffsets].allSatisfy { zip($0, $0.dropFirst()).allSatisfy(<) },
            "Attention: an empty sequence")
        precondition(
            keyLimits.map { $0.count == queryOffsets.last && $0.allSatisfy { $0 > 0 } } ?? true,
            "Attention: a query without keys")
        precondition(heads > 0 && headSize > 0, "Attention: \(heads) heads of \(headSize)")
        precondition(
            keyValueHeads > 0 && heads % keyValueHeads == 0, "Attention: \(heads) heads on \(keyValueHeads) of keys")
        precondition(
            slopes.map { $0.count == heads && keyLimits != nil } ?? true, "Attention: slopes without heads or limits")
        precondition(
            distances.map { $0.places.count == queryOffsets.last && scale == 1 && slopes == nil } ?? true,
            "Attention: distances without places, or with a scale or slopes")
        self.queryOffsets = queryOffsets
        self.keyOffsets = keyOffsets
        self.keyLimits = keyLimits
        self.heads = heads
        self.keyValueHeads = keyValueHeads
        self.headSize = headSize
        self.scale = scale
        self.slopes = slopes
        self.distances = distances
        self.dropout = dropout
        self.prefixDropout = prefixDropout
    }

    /// How the bias of a key is found: in column `origin + key - place` of the row of its head.
    public struct Distances: Sendable {
        /// The place of each query among the keys that its sequence has, those of the prefix included: `[queries]`.
        public let places: [Int32]
        /// The column of the table that belongs to a query's own place.
        public let origin: Int

        /// Queries at these places, which count from 0.
        public init(places: [Int32], origin: Int) {
            precondition(places.allSatisfy { 0...origin ~= Int($0) }, "Distances: a place beyond the table")
            self.places = places
            self.origin = origin
        }
    }

    /// The same attention with dropout on the prefix.
    public func withPrefixDropout(_ mask: DropoutMask) -> Attention {
        var attention = self
        attention.prefixDropout = mask
        return attention
    }

    /// The inputs; the widths are those of the heads of queries, `heads * headSize`, and of keys, `keyValueHeads * headSize`.
    public struct Inputs: Sendable {
        /// `[queries, heads * headSize]`
        public var query: StoredTensor
        /// `[keys, keyValueHeads * headSize]`
        public var key: StoredTensor
        /// `[keys, keyValueHeads * headSize]`
        public var value: StoredTensor
        /// `[prefix, keyValueHeads * headSize]`
        public var prefixKey: Tensor?
        /// `[prefix, keyValueHeads * headSize]`
        public var prefixValue: Tensor?
        /// The biases of distances, those of all keys before and behind any query among them: `[heads, distances]`
        public var bias: Tensor?

        /// Whether queries, keys or values are in bfloat16, and so the products with them.
        public var isHalf: Bool { [query, key, value].contains { $0.halves != nil } }

        /// The inputs of one attention in float32; both prefixes or neither.
        public init(
            query: Tensor, key: Tensor, value: Tensor, prefixKey: Tensor? = nil, prefixValue: Tensor? = nil,
            bias: Tensor? = nil
        ) {
            self.init(
                query: .float32(query), key: .float32(key), value: .float32(value), prefixKey: prefixKey,
                prefixValue: prefixValue, bias: bias)
        }

        /// The inputs of one attention; both prefixes or neither. Products are in bfloat16 where an input is.
        public init(
            query: StoredTensor, key: StoredTensor, value: StoredTensor, prefixKey: Tensor? = nil,
            prefixValue: Tensor? = nil, bias: Tensor? = nil
        ) {
            precondition(prefixKey?.shape == prefixValue?.shape, "Attention: a prefix needs keys and values")
            self.query = query
            self.key = key
            self.value = value
            self.prefixKey = prefixKey
            self.prefixValue = prefixValue
            self.bias = bias
        }
    }

    /// Where the inputs lie, for tasks, which would otherwise count references to them all the time; who makes one keeps them alive.
    @unsafe struct Operands: @unchecked Sendable {
        /// As in `Inputs`, from the first row and column on.
        let query: MatrixOperand, key: MatrixOperand, value: MatrixOperand
        let prefixKey: MatrixOperand?, prefixValue: MatrixOperand?
        /// The rows of the prefix; 0 where there is none.
        let prefixCount: Int
        /// In bfloat16 where an input is and the machine can; asked for by who calls the operator, not by the threads that help.
        private let products: SmallProducts

        init(_ inputs: Inputs) {
            func operand(_ tensor: StoredTensor) -> MatrixOperand { unsafe MatrixOperand(tensor, row: 0, column: 0) }
            unsafe (query, key, value) = (operand(inputs.query), operand(inputs.key), operand(inputs.value))
            unsafe prefixKey = inputs.prefixKey.map { unsafe operand(.float32($0)) }
            unsafe prefixValue = inputs.prefixValue.map { unsafe operand(.float32($0)) }
            unsafe prefixCount = inputs.prefixKey?.shape.rows ?? 0
            unsafe products = SmallProducts(inBFloat16: inputs.isHalf)
        }

        /// How the products of one sequence are done.
        func products(_ task: Task) -> SmallProducts {
            unsafe products.suiting(columns: prefixCount + task.keys.count)
        }
    }

    /// What the scores of a task's columns are made from, and what these weigh.
    enum Part: Int { case keys, values }

    /// The keys or values of a task, the prefix's before the first `ownCount` of the sequence's own, `[prefix + ownCount, headSize]`: as products
    /// read a right operand, or as they read it transposed.
    func columns(
        _ part: Part, _ operands: Operands, _ task: Task, ownCount: Int, _ products: SmallProducts, _ scratch: Scratch,
        isTransposed: Bool
    ) -> MatrixOperand {
        let (prefix, own) =
            unsafe part == .keys
            ? (operands.prefixKey, operands.key) : (operands.prefixValue, operands.value)
        let prefixCount = unsafe operands.prefixCount
        let rows = unsafe own.at(task.keys.lowerBound, task.keyColumn)
        guard let prefix = unsafe prefix else {
            if isTransposed { return unsafe rows }
            return unsafe products.operand(rows, ownCount, columns: headSize, scratch)
        }
        var first = unsafe prefix.at(0, task.keyColumn)
        if let prefixDropout {
            let kept = unsafe scratch.floats(prefixCount * headSize)
            unsafe pk_dropout_rows(
                mask(prefixDropout, task, part), 0, prefixCount, headSize, first.floats, first.ld, kept, headSize)
            unsafe first = MatrixOperand(kept, headSize)
        }
        return unsafe products.operand(first, prefixCount, rows, ownCount, columns: headSize, scratch)
    }

    /// Which gradients backward is to compute.
    public struct Wanted: Sendable {
        /// Gradients of queries, keys, values.
        public var query: Bool, key: Bool, value: Bool
        /// Gradients of the prefix, keys and values.
        public var prefix: Bool
        /// Gradient of the biases.
        public var bias: Bool
        /// Whether those of queries, keys and values are rounded to bfloat16.
        public var isHalf = false
        /// Whether a sequence's own columns are read for any of them, and not those of the prefix alone.
        public var readsOwnColumns: Bool { query || key || value || bias }

        /// Asks for these gradients.
        public init(query: Bool, key: Bool, value: Bool, prefix: Bool, bias: Bool = false) {
            self.query = query
            self.key = key
            self.value = value
            self.prefix = prefix
            self.bias = bias
        }
    }

    /// The gradients that were wanted, each with the shape of its input.
    public struct Gradients: Sendable {
        /// Gradients of queries, keys and values.
        public var query: StoredTensor?, key: StoredTensor?, value: StoredTensor?
        /// Gradients of the inputs of the same names.
        public var prefixKey: Tensor?, prefixValue: Tensor?, bias: Tensor?
    }

    var batch: Int { keyOffsets.count - 1 }
    /// The width of queries, and of keys and values.
    var queryWidth: Int { heads * headSize }
    var keyWidth: Int { keyValueHeads * headSize }
    /// The number of neighbouring query heads that share one head of keys and values.
    var group: Int { heads / keyValueHeads }

    /// The rows of queries that a task works on at a time, so that their scores stay in the second-level cache.
    public static let queryBlock = 128

    /// One sequence, one head of queries and that of keys and values which it reads: rows and columns.
    struct Task {
        let sequence: Int
        let head: Int
        let keyValueHead: Int
        let queries: Range<Int>
        let keys: Range<Int>
        /// The head's first column among queries, and among keys and values.
        let column: Int, keyColumn: Int
    }

    /// Task number `index` of `batch * heads`.
    func task(_ index: Int) -> Task { task(index / heads, head: index % heads) }

    /// What `head` does in a sequence.
    func task(_ sequence: Int, head: Int) -> Task {
        Task(
            sequence: sequence, head: head, keyValueHead: head / group,
            queries: queryOffsets[sequence]..<queryOffsets[sequence + 1],
            keys: keyOffsets[sequence]..<keyOffsets[sequence + 1], column: head * headSize,
            keyColumn: head / group * headSize)
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
            inputs.query.shape == [queryOffsets[batch], queryWidth]
                && inputs.key.shape == [keyOffsets[batch], keyWidth]
                && inputs.value.shape == inputs.key.shape
                && inputs.prefixKey.map { $0.shape.columns == keyWidth } ?? true,
            "attention: queries \(inputs.query.shape), keys \(inputs.key.shape), values \(inputs.value.shape)")
        precondition(
            (distances == nil) == (inputs.bias == nil)
                && inputs.bias.map { $0.shape.rows == heads && $0.shape.columns >= farthest(inputs) } ?? true,
            "attention: a bias \(inputs.bias.map { "\($0.shape)" } ?? "that is missing")")
    }

    /// The columns that a table of biases needs.
    private func farthest(_ inputs: Inputs) -> Int {
        let longest = zip(keyOffsets, keyOffsets.dropFirst()).map { $1 - $0 }.max() ?? 0
        return (distances?.origin ?? 0) + (inputs.prefixKey?.shape.rows ?? 0) + longest
    }

    /// Lends where the places of the rows from `row` stand, and the bias of distance 0 for `head` in a table; nothing without one.
    func withDistances(
        from row: Int, head: Int, of table: Tensor?, _ body: (UnsafePointer<Int32>, UnsafeMutablePointer<Float>) -> Void
    ) {
        guard let distances, let table else { return }
        unsafe distances.places.withUnsafeBufferPointer { places in
            guard let first = places.baseAddress else { return }
            unsafe body(first + row, table.row(head) + distances.origin)
        }
    }

    /// The mask of one head's prefix keys or values in one sequence.
    func mask(_ dropout: DropoutMask, _ task: Task, _ part: Part) -> pk_dropout {
        DropoutMask?.some(dropout.part((task.sequence * keyValueHeads + task.keyValueHead) * 2 + part.rawValue)).kernel
    }
}
