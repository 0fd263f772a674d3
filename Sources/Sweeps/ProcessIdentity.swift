import Files
import Foundation

/// Which process this is, told so that others can find out whether it still lives.
public struct ProcessIdentity: Hashable, Sendable {
    /// The machine's name, for people.
    public var host: String
    /// What tells machines, their restarts and their containers apart: only with the same do process ids mean the same.
    public var system: String
    /// The process's id.
    public var pid: Int
    /// When it started, in ticks since the machine did: an id is given again, the two together are not.
    public var start: Int

    /// Whether a process of this identity lives.
    public enum Life: Hashable, Sendable {
        case alive, dead, unknown
    }

    /// `process 4711 on node3`
    public var words: String { "process \(pid)" + (host.isEmpty ? "" : " on \(host)") }

    /// This process.
    public static let current =
        ProcessIdentity(of: getpid()) ?? ProcessIdentity(host: "", system: "", pid: Int(getpid()), start: 0)

    /// A process of this machine; nil where it is not told of.
    init?(of pid: Int32) {
        guard let start = Self.stat(of: Int(pid))?.start else { return nil }
        let boot = Self.text("/proc/sys/kernel/random/boot_id")
        // Containers of one machine have one boot, but ids of their own.
        let space = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/ns/pid")) ?? ""
        self.init(
            host: Self.text("/proc/sys/kernel/hostname"), system: boot.isEmpty ? "" : "\(boot) \(space)",
            pid: Int(pid), start: start)
    }

    init(host: String, system: String, pid: Int, start: Int) {
        (self.host, self.system) = (host, system)
        (self.pid, self.start) = (pid, start)
    }

    /// Whether it lives, as far as `observer` can tell from where it is.
    public func life(seenBy observer: ProcessIdentity = .current) -> Life {
        guard !system.isEmpty, system == observer.system, start > 0, pid > 0, let id = Int32(exactly: pid) else {
            return .unknown
        }
        if let stat = Self.stat(of: pid) { return stat.start == start && !stat.isGone ? .alive : .dead }
        return kill(id, 0) != 0 && errno == ESRCH ? .dead : .unknown
    }

    /// Whether it is another process of the observer's machine, lives, and may be ended by the observer.
    public func isWithinReach(of observer: ProcessIdentity = .current) -> Bool {
        guard self != observer, life(seenBy: observer) == .alive, let id = Int32(exactly: pid) else { return false }
        return kill(id, 0) == 0
    }

    /// Ends it at once.
    public func end() {
        if isWithinReach(), let id = Int32(exactly: pid) { kill(id, SIGKILL) }
    }

    /// When process `pid` started, and whether it has ended and only waits to be noticed; nil where this is not told.
    private static func stat(of pid: Int) -> (start: Int, isGone: Bool)? {
        // The name, in parentheses, may hold anything.
        let line = text("/proc/\(pid)/stat")
        guard let name = line.lastIndex(of: ")") else { return nil }
        let fields = line[line.index(after: name)...].split(separator: " ")
        guard fields.count > 19, let start = Int(fields[19]) else { return nil }
        return (start, ["Z", "X", "x"].contains(fields[0]))
    }

    private static func text(_ path: String) -> String {
        ((try? FileContents.text(at: path)) ?? "").trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
