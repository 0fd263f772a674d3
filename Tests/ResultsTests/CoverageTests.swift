import Foundation
import Testing

@testable import Results

@Suite("95% intervals hold the truth 95 times in 100")
struct CoverageTests {
    private func normal(_ stream: inout SeededStream) -> Double {
        func uniform() -> Double { Double(stream.next() >> 11) * 0x1p-53 }
        return (-2 * log(1 - uniform())).squareRoot() * cos(2 * .pi * uniform())
    }

    @Test("Bootstrap of the difference in accuracy of two models that agree on most examples")
    func bootstrap() throws {
        var stream = SeededStream(seed: 12)
        let (rounds, examples) = (1000, 150)
        // Both are right on 60 of 100, neither on 12, the first alone on 10, the second alone on 18.
        let truth = 0.08
        var hits = 0
        for round in 0..<rounds {
            var (first, second) = ([Double](), [Double]())
            for _ in 0..<examples {
                let draw = stream.below(100)
                first.append(draw < 70 ? 1 : 0)
                second.append(draw < 60 || draw >= 82 ? 1 : 0)
            }
            let interval = try #require(
                PairedResampling(seed: UInt64(round), resamples: 400).interval([.mean(first)], [.mean(second)]))
            if interval.lower <= truth && truth <= interval.upper { hits += 1 }
        }
        let coverage = 100 * Double(hits) / Double(rounds)
        #expect(93...97 ~= coverage, "\(coverage)")
    }

    @Test("Mean over seeds, paired and unpaired differences")
    func seeds() throws {
        var stream = SeededStream(seed: 34)
        let rounds = 4000
        var hits = [0, 0, 0]
        for _ in 0..<rounds {
            let effects = (0..<3).map { _ in normal(&stream) }
            let first = effects.map { 5 + $0 + 0.3 * normal(&stream) }
            let second = effects.map { 6 + $0 + 0.3 * normal(&stream) }
            let other = (0..<5).map { _ in 7 + 3 * normal(&stream) }
            let sample = try #require(Sample(first))
            let half = try #require(sample.half)
            let mean = Interval.around(sample.mean, half: half)
            let paired = try #require(MeanDifference.paired(first, second)).interval
            let otherSample = try #require(Sample(other))
            let welch = try #require(MeanDifference.welch(sample, otherSample)).interval
            for (place, (interval, truth)) in [(mean, 5.0), (paired, 1.0), (welch, 2.0)].enumerated()
            where interval.lower <= truth && truth <= interval.upper { hits[place] += 1 }
        }
        for hits in hits {
            let coverage = 100 * Double(hits) / Double(rounds)
            #expect(93...97 ~= coverage, "\(coverage)")
        }
    }

    @Test("Where there is no difference, p is below 0.05 five times in 100")
    func falseAlarms() throws {
        var stream = SeededStream(seed: 56)
        let rounds = 1000
        var alarms = 0
        for round in 0..<rounds {
            let both = (0..<40).map { _ in (normal(&stream), normal(&stream)) }
            let significance = try #require(
                PairedResampling(seed: UInt64(round), resamples: 399)
                    .significance([.mean(both.map(\.0))], [.mean(both.map(\.1))]))
            if significance.p <= 0.05 { alarms += 1 }
        }
        #expect(3...7 ~= 100 * Double(alarms) / Double(rounds), "\(alarms)")
    }
}
