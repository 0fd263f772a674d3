import Files
import YAML

/// One attempt at a trial that did not come to its end.
public struct Failure: Hashable, Sendable {
    /// What went wrong, and what the process last said.
    public var message: String, log: String
    /// Where it happened.
    public var host: String
    /// Whether another attempt would end the same way, as with a time limit.
    public var isFinal: Bool

    /// An attempt that failed here.
    public init(_ message: String, log: String = "", isFinal: Bool = false, host: String = ProcessIdentity.current.host)
    {
        self.message = message
        self.log = log
        self.host = host
        self.isFinal = isFinal
    }

    var text: String {
        let object: JSON = [
            "message": .string(message), "log": .string(log), "host": .string(host), "is_final": .boolean(isFinal),
        ]
        return object.prettyText
    }

    /// What `text` says; what cannot be read is a failure too.
    init(_ text: String) {
        let node = try? JSONText.parse(text, file: "failure")
        self.init(
            node?["message"]?.string ?? "its record cannot be read", log: node?["log"]?.string ?? "",
            isFinal: node?["is_final"]?.boolean ?? false, host: node?["host"]?.string ?? "")
    }
}
