/// An error that may stand somewhere in a file.
public protocol PlacedError: Error, CustomStringConvertible {
    /// Whether the description begins with the place: `file:line:column: error: `.
    var isPlaced: Bool { get }
}

extension TextError: PlacedError {
    /// A mistake in a text always has its place.
    public var isPlaced: Bool { true }
}
