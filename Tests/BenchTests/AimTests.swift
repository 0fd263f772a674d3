import Testing
import peftexp_bench

@Suite("What cases are to show")
struct AimTests {
    private static func entry(_ name: String, _ rounds: [[Measure: Double]]) -> Entry {
        var entry = Entry(name)
        entry.rounds = rounds
        return entry
    }

    private let entries = [
        entry(
            "ours",
            [
                [.tokensPerSecond: 400, .trainingSeconds: 2, .peakBytes: 1e9], [.tokensPerSecond: 900],
                [.tokensPerSecond: 100],
            ]),
        entry(
            "theirs",
            [
                [.tokensPerSecond: 100, .trainingSeconds: 12, .peakBytes: 4e9], [.tokensPerSecond: 300], [:],
            ]),
    ]

    @Test("A ratio is formed within a round, and only where both were measured")
    func ratios() {
        let aim = Aim(.tokensPerSecond, of: "ours", against: "theirs", .atLeast(3))
        #expect(aim.values(in: entries) == [4, 3])
    }

    @Test("Of a time, at least so many times as good means as short; at most a share means as long")
    func costs() {
        #expect(Aim(.trainingSeconds, of: "ours", against: "theirs", .atLeast(6)).values(in: entries) == [6])
        #expect(Aim(.peakBytes, of: "ours", against: "theirs", .atMost(0.2)).values(in: entries) == [0.25])
    }

    @Test("Without another, the measure itself is held against the bound")
    func alone() {
        let aim = Aim(.trainingSeconds, of: "ours", .atMost(1.5))
        #expect(aim.values(in: entries) == [2])
        #expect(!aim.bound.holds(2))
        #expect(aim.bound.holds(1.5))
        #expect(aim.boundText == "at most 1.50 s")
    }

    @Test("Nobody who is not there is compared")
    func strangers() {
        #expect(Aim(.tokensPerSecond, of: "nobody", .atLeast(1)).values(in: entries).isEmpty)
        #expect(Aim(.tokensPerSecond, of: "ours", against: "nobody", .atLeast(1)).values(in: entries).isEmpty)
    }
}
