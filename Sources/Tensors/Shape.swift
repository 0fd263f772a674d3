/// The lengths of a tensor's axes, outermost first.
public struct Shape: Hashable, Sendable {
    /// The length of each axis.
    public let axes: [Int]

    /// A shape with these axis lengths; none may be negative.
    public init(_ axes: [Int]) {
        precondition(axes.allSatisfy { $0 >= 0 }, "Shape: negative axis in \(axes)")
        self.axes = axes
    }

    /// The number of elements.
    public var count: Int { axes.reduce(1, *) }
    /// The number of axes.
    public var rank: Int { axes.count }
    /// The length of the last axis; 1 for a single number.
    public var columns: Int { axes.last ?? 1 }
    /// The product of all axes but the last.
    public var rows: Int { axes.dropLast().reduce(1, *) }

    /// The length of axis `index`.
    public subscript(index: Int) -> Int { axes[index] }
}

extension Shape: ExpressibleByArrayLiteral, CustomStringConvertible {
    /// `[2, 3]`
    public init(arrayLiteral elements: Int...) { self.init(elements) }

    /// `[2, 3]`
    public var description: String { axes.description }
}
