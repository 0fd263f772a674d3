/// Where something stands in a text: a file, and when it is known the line and column.
public struct SourceLocation: Hashable, Sendable {
    /// A place inside the file, both counted from 1; the column counts Unicode scalars.
    public struct Position: Hashable, Sendable {
        /// The line, from 1.
        public var line: Int
        /// The column, from 1.
        public var column: Int

        /// A place at `line` and `column`, both from 1.
        public init(line: Int, column: Int) {
            self.line = line
            self.column = column
        }
    }

    /// The file as the user named it, or a word such as `command line`.
    public var file: String
    /// The place inside the file, where one is known (a property list has none).
    public var position: Position?

    /// A place in `file`; without a position, the file as a whole.
    public init(file: String, position: Position? = nil) {
        self.file = file
        self.position = position
    }

    /// The place at `line` and `column` of `file`, both from 1.
    public init(file: String, line: Int, column: Int) {
        self.init(file: file, position: Position(line: line, column: column))
    }
}

extension SourceLocation: CustomStringConvertible {
    /// `file:line:column`, or `file` where no position is known.
    public var description: String {
        position.map { "\(file):\($0.line):\($0.column)" } ?? file
    }
}
