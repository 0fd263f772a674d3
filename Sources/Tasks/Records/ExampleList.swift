/// Records that are examples one after the other.
public protocol ExampleList: DataRecords {
    /// One of them.
    associatedtype Example

    /// The examples, in the order of the file.
    var examples: [Example] { get set }
}

extension ExampleList {
    /// The number of examples.
    public var count: Int { examples.count }

    /// The first `count` examples.
    public func first(_ count: Int) -> Self {
        var first = self
        first.examples = Array(examples.prefix(max(0, count)))
        return first
    }
}
