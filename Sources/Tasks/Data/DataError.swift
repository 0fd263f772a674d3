import Files
import YAML

/// One mistake in a data set, a vocabulary or what goes with them: where it stands, what is wrong, what to do.
public struct DataError: Error, Hashable, Sendable {
    /// Where it stands, when it stands somewhere.
    public var location: SourceLocation?
    /// What is wrong and what to do about it.
    public var message: String
    /// The dotted key of the manifest that says so, when it is one.
    public var key: String?

    /// The mistake `message`, at `location` if it stands somewhere.
    public init(_ message: String, at location: SourceLocation? = nil) {
        self.location = location
        self.message = message
    }

    /// The mistake `message` of what the manifest says at `key`.
    init(_ message: String, key: String) {
        self.init(message)
        self.key = key
    }

    /// A file that cannot be read.
    init(_ error: FileError) {
        self.init(error.description)
    }

    /// A file that is not the text it should be.
    init(_ error: TextError) {
        self.init(error.message, at: error.location)
    }
}

extension DataError: CustomStringConvertible {
    /// `train.json:12:5: error: message`; where there is no place the key and the message, or the message alone.
    public var description: String {
        location.map { "\($0): error: \(message)" } ?? key.map { "\($0): \(message)" } ?? message
    }
}

extension DataError: PlacedError {
    /// Whether it stands somewhere.
    public var isPlaced: Bool { location != nil }
}
