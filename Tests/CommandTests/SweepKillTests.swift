import Files
import Foundation
import Testing
import YAML

/// Whatever is killed whenever, the next sweep ends with the full table, and nothing that was done is done again.
@Suite("Killed sweeps", .serialized)
struct SweepKillTests {
    /// Who is killed.
    enum Victim: String, CaseIterable, Sendable {
        case worker, sweep, both
    }

    /// How many moments each.
    private static let moments = 20
    private static let words = ["sweep", "sweep.yaml", "--jobs", "2", "--threads", "1", "train.max_steps=16"]

    @Test("A process killed at any moment", arguments: Victim.allCases)
    func killed(victim: Victim) throws {
        try Workplace.with { place in
            try place.writeSweep("{grid: {seed: [1, 2, 3]}}")
            let clock = ContinuousClock()
            func sweep(_ results: String) throws -> RunningProgram {
                try RunningProgram(place, Self.words + ["--results", results])
            }
            #expect(try sweep("warm").wait().status == 0)
            let start = clock.now
            #expect(try sweep("undisturbed").wait().status == 0)
            let time = (clock.now - start) / .seconds(1)
            let expected = try place.timelessResults(in: "undisturbed")
            try #require(expected.count > 3 * 5)

            for moment in 0..<Self.moments {
                let results = "\(victim.rawValue)-\(moment)"
                // Spread over the sweep's time, in an order that repeats nothing: multiples of the golden section.
                let share = (Double(moment) * 0.618033988749895).truncatingRemainder(dividingBy: 1)
                let program = try sweep(results)
                usleep(UInt32(share * time * 1_000_000))
                kill(victim, of: program, moment)
                let ending = try program.wait()
                let done = place.finishedRecords(in: results)
                if victim == .worker {
                    #expect(ending.status == 0, "\(results): \(ending.talk)")
                } else {
                    #expect(ending.status == -SIGKILL || ending.status == 0)
                    let again = try sweep(results).wait()
                    #expect(again.status == 0, "\(results): \(again.talk) \(again.out)")
                    #expect(again.out.contains("3 trials: 3 done"), "\(results): \(again.out)")
                }
                #expect(try place.timelessResults(in: results) == expected, "\(results)")
                let after = place.finishedRecords(in: results).filter { done.keys.contains($0.key) }
                #expect(after == done, "\(results): what was done is not done again")
                #expect(doneClaims(place, results).allSatisfy { $0 <= 1 }, "\(results)")
                try Folder.remove(place.file(results))
            }
        }
    }

    private func kill(_ victim: Victim, of program: RunningProgram, _ moment: Int) {
        guard let pid = program.pid else { return }
        let workers = ProcessTree.children(of: pid).sorted()
        switch victim {
        case .worker:
            if !workers.isEmpty { Foundation.kill(workers[moment % workers.count], SIGKILL) }
        case .sweep: Foundation.kill(pid, SIGKILL)
        case .both:
            Foundation.kill(pid, SIGKILL)
            for worker in workers { Foundation.kill(worker, SIGKILL) }
        }
    }

    /// How often each trial was brought to its end.
    private func doneClaims(_ place: Workplace, _ results: String) -> [Int] {
        let claims = place.file("\(results)/tiny/.sweep/claims")
        return ((try? Folder.names(in: claims)) ?? []).map { trial in
            let names = (try? Folder.names(in: "\(claims)/\(trial)")) ?? []
            return names.count { (try? FileContents.text(at: "\(claims)/\(trial)/\($0)"))?.hasPrefix("done") == true }
        }
    }
}
