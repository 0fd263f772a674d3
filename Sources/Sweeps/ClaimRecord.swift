import Files
import YAML

/// What a claim says: who made it, and how it stands.
///
///     held 000000000017
///     {"host":"node3","lease":60,"pid":4711,"start":86400,"system":"…"}
///
/// The first line is of one length, so that the holder can write over it: its number grows for as long as the holder lives.
struct ClaimRecord: Hashable, Sendable {
    /// How a claim stands.
    enum State: String, Sendable {
        /// Its holder is at work.
        case held
        /// Its holder has let go, and the trial may be taken.
        case free
        /// The trial has come to its end.
        case done
    }

    var state: State
    var beat: Int
    var holder: ProcessIdentity
    /// Seconds without a beat after which the holder counts as gone, for those who cannot look.
    var lease: Double

    var firstLine: String {
        let digits = "\(beat)"
        return "\(state.rawValue) \(String(repeating: "0", count: max(0, 12 - digits.count)))\(digits)\n"
    }

    var text: String {
        let object: JSON = [
            "host": .string(holder.host), "system": .string(holder.system), "pid": .integer(holder.pid),
            "start": .integer(holder.start), "lease": .number(lease),
        ]
        return firstLine + object.compactText + "\n"
    }

    init(_ state: State, beat: Int, holder: ProcessIdentity, lease: Double) {
        self.state = state
        self.beat = beat
        self.holder = holder
        self.lease = lease
    }

    /// What `text` says; nil where it is damaged.
    init?(_ text: String) {
        let lines = text.split(separator: "\n", maxSplits: 1)
        guard lines.count == 2, let node = try? JSONText.parse(String(lines[1]), file: "claim") else { return nil }
        let words = lines[0].split(separator: " ")
        guard words.count == 2, let state = State(rawValue: String(words[0])), let beat = Int(words[1]),
            let lease = node["lease"]?.number, let pid = node["pid"]?.integer, let start = node["start"]?.integer
        else { return nil }
        let holder = ProcessIdentity(
            host: node["host"]?.string ?? "", system: node["system"]?.string ?? "", pid: pid, start: start)
        self.init(state, beat: beat, holder: holder, lease: lease)
    }
}
