import CKernels

extension Kernels {
    /// The rows of `table` that `indices` name: embeddings, or the tokens that a head reads.
    ///
    /// - Parameters:
    ///   - table: `[rows, columns]`
    ///   - indices: each in `0..<rows`
    /// - Returns: `[indices, columns]`
    public static func gather(_ table: Tensor, _ indices: [Int32]) -> Tensor {
        let columns = table.shape.columns
        precondition(indices.allSatisfy { $0 >= 0 && $0 < table.shape.rows }, "gather: index outside \(table.shape)")
        let out = Tensor(uninitialized: [indices.count, columns])
        gather(indices.count, from: table) { row in
            unsafe out.row(row).update(from: table.row(Int(indices[row])), count: columns)
        }
        return out
    }

    /// Copies rows, and gives pages of the table back as it goes where the table is marked so.
    private static func gather(_ rows: Int, from table: Tensor, _ copy: @Sendable (Int) -> Void) {
        let releases = table.isReadInPlaces
        Parallel.rows(rows, target: 512) { range in
            for start in stride(from: range.lowerBound, to: range.upperBound, by: rowsBetweenReleases) {
                for row in start..<min(start + rowsBetweenReleases, range.upperBound) { copy(row) }
                if releases { table.releasePages() }
            }
        }
    }

    /// The rows after which a table that is read in places gives its pages back.
    public static let rowsBetweenReleases = 64

    /// Rows of two tables: a row of `words` for an index from 0, row `-(index + 1)` of `prompt` for a negative one.
    ///
    /// - Parameters:
    ///   - words: `[vocabulary, columns]`
    ///   - prompt: `[prompt, columns]`
    /// - Returns: `[indices, columns]`
    public static func gather(_ words: Tensor, _ prompt: Tensor, _ indices: [Int32]) -> Tensor {
        let columns = words.shape.columns
        precondition(prompt.shape.columns == columns, "gather: \(words.shape) and \(prompt.shape)")
        precondition(
            indices.allSatisfy { Int($0) < words.shape.rows && Int($0) >= -prompt.shape.rows },
            "gather: index outside \(words.shape) and \(prompt.shape)")
        let out = Tensor(uninitialized: [indices.count, columns])
        gather(indices.count, from: words) { row in
            let index = Int(indices[row])
            let source = unsafe index >= 0 ? words.row(index) : prompt.row(-index - 1)
            unsafe out.row(row).update(from: source, count: columns)
        }
        return out
    }

    /// The backward of `gather`: adds each row of `dy` to the row it came from, in order.
    ///
    /// - Parameters:
    ///   - dy: `[indices, columns]`
    ///   - indices: each in `0..<shape.rows`
    ///   - sum: a tensor of `shape` to add to, given away; nil starts from zero.
    /// - Returns: a tensor of `shape`
    public static func scatter(
        _ dy: Tensor, _ indices: [Int32], into shape: Shape, addingTo sum: consuming Tensor? = nil
    )
        -> Tensor
    {
        let columns = shape.columns
        precondition(
            dy.shape.rows == indices.count && dy.shape.columns == columns, "scatter: \(dy.shape) into \(shape)")
        precondition(indices.allSatisfy { $0 >= 0 && $0 < shape.rows }, "scatter: index outside \(shape)")
        let out = sum == nil ? Tensor.zeros(shape) : destination(shape, sum)
        if Rehearsal.isRunning { return out }
        for (row, index) in indices.enumerated() {
            unsafe pk_accumulate(columns, dy.row(row), out.row(Int(index)))
        }
        return out
    }

    /// The columns `range` of `x`, or of every `period` columns of it, side by side.
    ///
    /// - Parameters:
    ///   - x: `[rows, columns]`
    ///   - period: divides the columns; all of them unless given.
    /// - Returns: `[rows, columns / period * range]`
    public static func columns(_ x: Tensor, _ range: Range<Int>, ofEvery period: Int? = nil) -> Tensor {
        let picked = PickedColumns(range, ofEvery: period, of: x.shape)
        let out = Tensor(uninitialized: picked.shape)
        unsafe picked.copyRows { row in unsafe (x.row(row), out.row(row)) }
        return out
    }

    /// The backward of `columns`: adds `dy` to the columns from `first` of `sum`, or of zeros.
    ///
    /// - Parameters:
    ///   - dy: `[rows, columns / period * range]`
    ///   - shape: `[rows, columns]`
    public static func spread(
        _ dy: Tensor, first: Int, ofEvery period: Int? = nil, into shape: Shape, addingTo sum: consuming Tensor? = nil
    ) -> Tensor {
        let period = period ?? shape.columns
        let groups = period == 0 ? 0 : shape.columns / period
        let width = groups == 0 ? 0 : dy.shape.columns / groups
        precondition(
            dy.shape.rows == shape.rows && first + width <= period && width * groups == dy.shape.columns,
            "spread: \(dy.shape) into \(shape)")
        let out = sum == nil ? Tensor.zeros(shape) : destination(shape, sum)
        Parallel.rows(shape.rows, target: 512) { rows in
            for row in rows {
                for group in 0..<groups {
                    unsafe pk_accumulate(
                        width, dy.row(row) + group * width, out.row(row) + group * period + first)
                }
            }
        }
        return out
    }

    /// The columns of all parts, side by side.
    ///
    /// - Parameter parts: each `[rows, columns]`, with the same rows.
    public static func concatenateColumns(_ parts: [Tensor]) -> Tensor {
        let rows = parts.first?.shape.rows ?? 0
        let whole = Tensor(uninitialized: [rows, parts.reduce(0) { $0 + $1.shape.columns }])
        if Rehearsal.isRunning { return whole }
        var column = 0
        for part in parts {
            precondition(part.shape.rows == rows, "concatenateColumns: \(part.shape) beside \(rows) rows")
            for row in 0..<rows {
                unsafe (whole.row(row) + column).update(from: part.row(row), count: part.shape.columns)
            }
            column += part.shape.columns
        }
        return whole
    }
}

/// The columns `range` of every `period` columns of each row, side by side.
struct PickedColumns: Sendable {
    /// `[rows, columns / period * range]`
    let shape: Shape
    private let range: Range<Int>, period: Int, groups: Int

    /// - Parameters:
    ///   - period: divides the columns; all of them unless given.
    ///   - source: `[rows, columns]`
    init(_ range: Range<Int>, ofEvery period: Int?, of source: Shape) {
        let period = period ?? source.columns
        precondition(
            range.lowerBound >= 0 && range.upperBound <= period && source.columns % max(1, period) == 0,
            "columns: \(range) of every \(period) of \(source)")
        groups = period == 0 ? 0 : source.columns / period
        (self.range, self.period) = (range, period)
        shape = [source.rows, groups * range.count]
    }

    /// Copies them, row by row, between where `ends` says that the row starts.
    func copyRows<Element>(
        _ ends: @Sendable (_ row: Int) -> (from: UnsafeMutablePointer<Element>, to: UnsafeMutablePointer<Element>)
    ) {
        Parallel.rows(shape.rows, target: 512) { rows in
            for row in rows {
                let (from, to) = unsafe ends(row)
                for group in 0..<groups {
                    unsafe (to + group * range.count).update(
                        from: from + group * period + range.lowerBound, count: range.count)
                }
            }
        }
    }
}
