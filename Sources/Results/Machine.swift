import Files
import Foundation

/// The machine a run ran on; what is not known is nil.
public struct Machine: Equatable, Sendable {
    /// The processor's name.
    public var processor: String?
    /// Processor cores that the process may use.
    public var cores: Int?
    /// Bytes of memory.
    public var memoryBytes: Int?
    /// The operating system and its version.
    public var system: String?

    /// A machine of which nothing is known.
    public init() {}

    /// The machine this process runs on.
    public static func current() -> Machine {
        var machine = Machine()
        machine.processor = processorName(in: contents("/proc/cpuinfo"))
        machine.cores = Processors.count
        machine.memoryBytes = Int(clamping: ProcessInfo.processInfo.physicalMemory)
        machine.system = systemName(in: contents("/etc/os-release"))
        return machine
    }

    /// The first processor's name in the text of `/proc/cpuinfo`; Arm machines give none.
    static func processorName(in text: String) -> String? {
        value(of: "model name", separator: ":", in: text)
    }

    /// The name in the text of `/etc/os-release`.
    static func systemName(in text: String) -> String? {
        value(of: "PRETTY_NAME", separator: "=", in: text).map { $0.trimmingCharacters(in: ["\"", "'"]) }
    }

    private static func value(of name: String, separator: Character, in text: String) -> String? {
        for line in text.split(whereSeparator: \.isNewline) {
            let parts = line.split(separator: separator, maxSplits: 1)
            if parts.count == 2, parts[0].trimmingCharacters(in: .whitespaces) == name {
                return parts[1].trimmingCharacters(in: .whitespaces)
            }
        }
        return nil
    }

    private static func contents(_ path: String) -> String {
        (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
    }
}

extension Machine: RecordSection {
    static let fields: [RecordField<Self>] = [
        .text("processor", \.processor),
        .integer("cores", \.cores),
        .integer("memory_bytes", \.memoryBytes),
        .text("system", \.system),
    ]
}

/// The memory that this process takes.
public enum ProcessMemory {
    /// The most bytes this process has held in memory at once; nil where the system does not say.
    ///
    /// From `/proc/self/status`: `getrusage` would count what the process held before it became this program.
    public static func peakResidentBytes() -> Int? {
        (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)).flatMap(peakResidentBytes(in:))
    }

    /// The bytes this process holds in memory now; nil where the system does not say.
    public static func residentBytes() -> Int? {
        (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)).flatMap { figure("VmRSS:", in: $0) }
    }

    /// The figure in the text of `/proc/self/status`, as in `VmHWM:    12345 kB`.
    static func peakResidentBytes(in text: String) -> Int? { figure("VmHWM:", in: text) }

    private static func figure(_ name: String, in text: String) -> Int? {
        guard let line = text.split(separator: "\n").first(where: { $0.hasPrefix(name) }),
            let kilobytes = line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap({ Int($0) })
        else { return nil }
        let (bytes, overflow) = kilobytes.multipliedReportingOverflow(by: 1024)
        return overflow ? nil : bytes
    }
}
