/// What was left out of a file because it could not be read (`on_error: skip`).
public struct SkippedRows: Hashable, Sendable {
    /// How many mistakes are kept.
    private static let keptCount = 3

    /// How many rows are missing.
    public private(set) var count = 0
    /// What is wrong with the first of them.
    public private(set) var first: [DataError] = []

    /// Nothing is missing.
    public init() {}

    /// Whether nothing is missing.
    public var isEmpty: Bool { count == 0 }

    /// One more row is left out.
    mutating func append(_ error: DataError) {
        count += 1
        if first.count < Self.keptCount { first.append(error) }
    }
}

extension SkippedRows: CustomStringConvertible {
    /// `2 rows left out; the first is train.csv:7:1: error: …`
    public var description: String {
        let rows = "\(count) \(count == 1 ? "row" : "rows") left out"
        return first.first.map { "\(rows); \(count == 1 ? "it is" : "the first is") \($0)" } ?? rows
    }
}

/// What becomes of rows that cannot be read.
public struct RowFaults: Sendable {
    /// What is to be done about a row that cannot be read.
    public enum Policy: String, CaseIterable, Sendable {
        /// Nothing is read.
        case stop
        /// It is left out, and told.
        case skip
    }

    /// What is to be done.
    let policy: Policy
    /// What was left out so far.
    private(set) var skipped = SkippedRows()

    init(_ policy: Policy) {
        self.policy = policy
    }

    /// Leaves a row out, or ends the reading.
    mutating func note(_ error: DataError) throws(DataError) {
        if policy == .stop { throw error }
        skipped.append(error)
    }
}
