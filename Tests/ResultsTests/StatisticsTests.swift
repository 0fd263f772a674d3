import Testing
import YAML

@testable import Results

@Suite("Statistics are those of scipy, and of their definitions")
struct StatisticsTests {
    private static let golden = Result { try Golden.json("statistics.json") }

    private func cases(_ kind: String) throws -> [Node] { try Self.golden.get().all(kind) }

    @Test func tailsOfStudentsT() throws {
        for node in try Self.golden.get().at("distribution").all("tails") {
            let (t, freedom) = (try node.number("t"), try node.number("freedom"))
            let expected = try node.number("tails")
            #expect(isClose(StudentT.tails(beyond: t, freedom: freedom), expected, relative: 1e-8), "\(t), \(freedom)")
            #expect(isClose(StudentT.tails(beyond: -t, freedom: freedom), expected, relative: 1e-8))
        }
    }

    @Test func quantilesOfStudentsT() throws {
        for node in try Self.golden.get().at("distribution").all("quantiles") {
            let (tails, freedom) = (try node.number("tails"), try node.number("freedom"))
            #expect(
                isClose(StudentT.quantile(tails: tails, freedom: freedom), try node.number("t")), "\(tails), \(freedom)"
            )
        }
    }

    @Test("Mean, deviation and half the interval")
    func samples() throws {
        for node in try cases("samples") {
            let sample = try #require(Sample(try node.numbers("values")))
            #expect(isClose(sample.mean, try node.number("mean")))
            let (deviation, half) = (try #require(sample.deviation), try #require(sample.half))
            #expect(isClose(deviation, try node.number("deviation"), relative: 1e-8))
            #expect(isClose(half, try node.number("half"), relative: 1e-8))
            let told = try #require(Sample(count: sample.count, mean: sample.mean, half: sample.half).deviation)
            #expect(isClose(told, deviation))
        }
        #expect(Sample([]) == nil)
        #expect(Sample([0.25])?.half == nil)
        #expect(Sample([0.1, 0.1, 0.1])?.mean == 0.1 && Sample([0.1, 0.1, 0.1])?.half == 0)
    }

    @Test("Differences of means, paired and Welch's")
    func comparisons() throws {
        for node in try cases("comparisons") {
            let (first, second) = (try node.numbers("first"), try node.numbers("second"))
            let isPaired = try node.at("paired").boolean
            let (one, two) = (try #require(Sample(first)), try #require(Sample(second)))
            let found = isPaired == true ? MeanDifference.paired(first, second) : MeanDifference.welch(one, two)
            let difference = try #require(found)
            #expect(difference.isPaired == isPaired)
            #expect(isClose(difference.p, try node.number("p"), relative: 1e-8))
            #expect(isClose(difference.freedom, try node.number("freedom"), relative: 1e-8))
            #expect(isClose(difference.interval.lower, try node.number("lower"), relative: 1e-8))
            #expect(isClose(difference.interval.upper, try node.number("upper"), relative: 1e-8))
        }
    }

    @Test("One value tells nothing of a spread, and equal ones tell that there is none")
    func degenerate() throws {
        #expect(MeanDifference.paired([1], [2]) == nil)
        #expect(MeanDifference.paired([1, 2], [2]) == nil)
        let (one, two) = (try #require(Sample([1])), try #require(Sample([1, 3])))
        #expect(MeanDifference.welch(one, two) == nil && MeanDifference.welch(two, one) == nil)
        let same = try #require(MeanDifference.paired([1, 2], [1.5, 2.5]))
        #expect(same.interval == Interval(lower: 0.5, upper: 0.5) && same.p == 0)
        let twos = try #require(Sample([2, 2]))
        let none = try #require(MeanDifference.welch(twos, twos))
        #expect(none.value == 0 && none.p == 1 && none.interval == Interval(lower: 0, upper: 0))
    }

    private func measures(_ node: Node) throws -> ([ExampleMeasure], [ExampleMeasure]) {
        let sides = try ["first", "second"].map { side in
            let rows = try node.all(side).map { try #require($0.elements).compactMap(\.number) }
            switch try node.at("measure").string {
            case "f1": return try #require(AgreementTerms.measure("f1", rows))
            case "spearmanr":
                let lines = rows.map { #"{"value": \#($0[0]), "expected": \#($0[1])}"# }.joined(separator: "\n")
                let run = try PredictionLines(lines.utf8, file: "p")
                return try #require(try ValueTerms.measure("spearmanr", run))
            default: return ExampleMeasure.mean(rows.map { $0[0] })
            }
        }
        return ([sides[0]], [sides[1]])
    }

    @Test("The paired bootstrap, to the last digits from its definition, and near scipy's")
    func bootstrap() throws {
        for node in try cases("bootstrap") {
            let (first, second) = try measures(node)
            let resampling = PairedResampling(
                seed: UInt64(try node.number("seed")), resamples: Int(try node.number("resamples")))
            let interval = try #require(resampling.interval(first, second))
            #expect(isClose(interval.lower, try node.number("lower"), relative: 1e-9, absolute: 1e-12))
            #expect(isClose(interval.upper, try node.number("upper"), relative: 1e-9, absolute: 1e-12))
            guard node["near"] != nil else { continue }
            let near = try node.numbers("near")
            // Of 2000 resamples the ends vary by a few hundredths of the width.
            let width = near[1] - near[0]
            #expect(abs(interval.lower - near[0]) < 0.08 * width && abs(interval.upper - near[1]) < 0.08 * width)
        }
    }

    @Test("The p-value of all exchanges")
    func exchange() throws {
        for node in try cases("exchange") {
            let (first, second) = try measures(node)
            let exact = try #require(PairedResampling(resamples: 1 << 10).significance(first, second))
            #expect(exact.isExact)
            #expect(isClose(exact.p, try node.number("p")))
        }
    }

    @Test("Drawn exchanges come near the exact ones")
    func drawnExchanges() throws {
        var stream = SeededStream(seed: 4)
        let first = (0..<14).map { _ in Double(stream.below(100)) }
        let second = first.map { $0 + Double(stream.below(60)) - 20 }
        let sides = ([ExampleMeasure.mean(first)], [ExampleMeasure.mean(second)])
        let exact = try #require(PairedResampling(resamples: 1 << 14).significance(sides.0, sides.1))
        let drawn = try #require(PairedResampling(resamples: 9000).significance(sides.0, sides.1))
        #expect(exact.isExact && !drawn.isExact)
        #expect(abs(exact.p - drawn.p) < 0.02, "\(exact.p), \(drawn.p)")
    }
}
