import Foundation

/// The processors that this process can keep busy.
public enum Processors {
    /// Those that it may run on, or fewer where it is in a control group whose time is limited, as containers are: threads beyond what the
    /// group may use would all be stopped together until its next period.
    public static let count: Int = {
        let all = ProcessInfo.processInfo.activeProcessorCount
        let most = limit(of: text("/proc/self/cgroup") ?? "", text)
        return max(1, min(all, most ?? all))
    }()

    /// How many processors the groups named by `groups`, and all around these, may use, rounded up; nil where none has a limit.
    ///
    /// - Parameters:
    ///   - groups: the text of `/proc/self/cgroup`: a line for each hierarchy, `number:controllers:path`, which has no controllers in
    ///     version 2.
    ///   - text: what a file says; nil where there is none.
    package static func limit(of groups: String, _ text: (String) -> String?) -> Int? {
        var limits: [Double] = []
        for line in groups.split(separator: "\n") {
            let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard parts.count == 3 else { continue }
            let isSecond = parts[1].isEmpty
            guard isSecond || parts[1].split(separator: ",").contains("cpu") else { continue }
            // In version 1 the controllers can be named in another order than the folder; a folder of the one alone leads to it.
            let root = isSecond ? "/sys/fs/cgroup" : "/sys/fs/cgroup/cpu"
            var names = parts[2].split(separator: "/")
            while true {
                let folder = ([root] + names.map(String.init)).joined(separator: "/")
                let figures =
                    isSecond
                    ? text("\(folder)/cpu.max")
                    : text("\(folder)/cpu.cfs_quota_us").flatMap { quota in
                        text("\(folder)/cpu.cfs_period_us").map { "\(quota) \($0)" }
                    }
                if let figures, let found = limit(figures) { limits.append(found) }
                guard names.popLast() != nil else { break }
            }
        }
        return limits.min().map { Int($0.rounded(.up)) }
    }

    /// Of `quota period`, both in microseconds: a quota of `max` or below 0 is none.
    private static func limit(_ figures: String) -> Double? {
        let words = figures.split { $0.isWhitespace }
        guard words.count == 2, let quota = Int(words[0]), let period = Int(words[1]), quota > 0, period > 0 else {
            return nil
        }
        // More than any machine has is no limit either.
        return min(Double(quota) / Double(period), 1e6)
    }

    private static func text(_ path: String) -> String? { try? String(contentsOfFile: path, encoding: .utf8) }
}
