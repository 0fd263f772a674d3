import Files
import Foundation
import Results

/// How many workers a sweep has, and how many threads each of them.
public struct JobCount: Hashable, Sendable {
    /// Worker processes.
    public let jobs: Int
    /// Threads of each.
    public let threads: Int
    /// Whether the memory that is free is less than what the plan foresees.
    public let exceedsMemory: Bool

    /// The share of the free memory that workers may be planned to fill.
    private static let share = 0.9

    /// What was asked for, or where that is nil as many as there are cores, trials and memory for.
    ///
    /// - Parameters:
    ///   - jobs: nil finds the number.
    ///   - threads: nil divides the cores among the jobs.
    ///   - available: bytes of memory that are free; nil where that is not known.
    public init(
        _ plan: SweepPlan, jobs: Int?, threads: Int?,
        cores: Int = Processors.count, available: Int? = FreeMemory.bytes()
    ) {
        let memory = Memory(plan)
        let most = max(1, plan.openTrials.count)
        func fits(_ jobs: Int) -> Bool {
            available.map { Double(memory.bytes(jobs)) <= Self.share * Double($0) } ?? true
        }
        var count = min(jobs ?? max(1, cores / (threads ?? 1)), most)
        if jobs == nil { while count > 1, !fits(count) { count -= 1 } }
        self.jobs = count
        self.threads = threads ?? max(1, cores / count)
        exceedsMemory = !fits(count)
    }

    /// The memory of all workers together, at its peak.
    public func bytes(_ plan: SweepPlan) -> Int { Memory(plan).bytes(jobs) }

    /// `with 2 jobs of 1 thread about 6 m and 400 MB of memory`
    func words(_ plan: SweepPlan) -> String {
        let kind = "\(jobs) \(jobs == 1 ? "job" : "jobs") of \(threads) \(threads == 1 ? "thread" : "threads")"
        let time = FigureText.duration(plan.seconds(jobs: jobs))
        return "with \(kind) about \(time) and \(FigureText.bytes(bytes(plan))) of memory"
    }

    /// What the trials that are to be run need of memory.
    private struct Memory {
        /// What all of one backbone map together, and what each has of its own, the largest first.
        private let shared: Int
        private let own: [Int]

        init(_ plan: SweepPlan) {
            let plans = plan.openTrials.compactMap(\.plan)
            shared = plans.map(\.sharedBytes).max() ?? 0
            own = plans.map { max(0, $0.peakBytes - $0.sharedBytes) }.sorted(by: >)
        }

        func bytes(_ jobs: Int) -> Int { own.prefix(jobs).reduce(shared, +) }
    }
}

/// The memory that is free on this machine, or within the limits of its container.
public enum FreeMemory {
    /// The bytes; nil where the system does not say.
    public static func bytes() -> Int? {
        let whole = free(meminfo: text("/proc/meminfo"))
        let group = free(
            limit: text("/sys/fs/cgroup/memory.max"), used: text("/sys/fs/cgroup/memory.current"),
            statistics: text("/sys/fs/cgroup/memory.stat"))
        return [whole, group].compactMap(\.self).min()
    }

    /// `MemAvailable` in the text of `/proc/meminfo`.
    static func free(meminfo: String) -> Int? {
        figure("MemAvailable:", in: meminfo).map { $0 * 1024 }
    }

    /// What a group may still use; pages of files that were read can be given up.
    static func free(limit: String, used: String, statistics: String) -> Int? {
        guard let limit = Int(limit.trimmingCharacters(in: .whitespacesAndNewlines)),
            let used = Int(used.trimmingCharacters(in: .whitespacesAndNewlines))
        else { return nil }
        return max(0, limit - used + (figure("inactive_file", in: statistics) ?? 0))
    }

    private static func figure(_ name: String, in text: String) -> Int? {
        for line in text.split(separator: "\n") where line.hasPrefix(name) {
            let words = line.split(separator: " ")
            if words.count > 1 { return Int(words[1]) }
        }
        return nil
    }

    private static func text(_ path: String) -> String { (try? String(contentsOfFile: path, encoding: .utf8)) ?? "" }
}
