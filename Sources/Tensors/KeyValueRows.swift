/// The keys and values that one sequence has in one attention so far, for the tokens to come.
///
/// They stand in blocks. A copy shares all blocks with the original until one of the two grows, and then all but the last, so
/// that sequences which began alike hold their beginning once.
public struct KeyValueRows: Sendable {
    /// The rows of a block.
    public static let blockRows = 64

    /// Some rows; a block that is not the last is full.
    struct Block: Sendable {
        /// `[blockRows, keyWidth]`, of which the first are written.
        var key: Tensor, value: Tensor
    }

    private(set) var blocks: [Block] = []
    /// The number of tokens.
    public private(set) var count = 0

    /// No tokens.
    public init() {}

    /// The width of keys and of values; nil as long as there are none.
    var width: Int? { blocks.first?.key.shape.columns }

    /// Adds tokens behind those that are there.
    ///
    /// - Parameters:
    ///   - key: `[tokens, keyWidth]`
    ///   - value: `[tokens, keyWidth]`
    public mutating func append(key: Tensor, value: Tensor) {
        precondition(
            key.shape == value.shape && width.map { $0 == key.shape.columns } ?? true,
            "KeyValueRows: keys \(key.shape), values \(value.shape) behind those of \(width ?? 0)")
        let (size, columns) = (Self.blockRows, key.shape.columns)
        var row = 0
        while row < key.shape.rows {
            let place = count % size
            if place == 0 {
                blocks.append(
                    Block(key: Tensor(uninitialized: [size, columns]), value: Tensor(uninitialized: [size, columns])))
            }
            let rows = min(size - place, key.shape.rows - row)
            let last = blocks.count - 1
            blocks[last].key.write(key.rows(row..<row + rows), at: place)
            blocks[last].value.write(value.rows(row..<row + rows), at: place)
            count += rows
            row += rows
        }
    }
}

extension Tensor {
    /// Writes rows over those from `row` on.
    fileprivate mutating func write(_ rows: Tensor, at row: Int) {
        makeUnique()
        withExtendedLifetime(rows) {
            unsafe self.row(row).update(from: rows.base, count: rows.count)
        }
    }
}
