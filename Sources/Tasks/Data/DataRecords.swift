/// The examples of one file, of a kind that some tasks can learn from.
public protocol DataRecords: Sendable {
    /// What the examples are, in the plural.
    static var kind: String { get }
    /// The number of examples.
    var count: Int { get }
    /// What of the file is not among them.
    var skipped: SkippedRows { get set }

    /// The first `count` examples, or all where there are fewer; what was left out of the file is told still.
    func first(_ count: Int) -> Self
}
