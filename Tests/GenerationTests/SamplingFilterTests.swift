import Configuration
import Foundation
import Tensors
import Testing
import YAML

@testable import Generation

@Suite("What may be drawn")
struct SamplingFilterTests {
    @Test("is what transformers' filters leave, as likely as they say")
    func golden() throws {
        let cases = try #require(try GenerationTests.golden("filters.json")["cases"]?.elements)
        #expect(cases.count >= 9)
        for node in cases {
            let section = try #require(node["settings"])
            var (diagnostics, settings) = (Diagnostics(), GenerationSettings())
            settings = GenerationSettings(section, &diagnostics)
            try diagnostics.check()
            // Without top_k every token may be drawn; the usual value would stand there.
            if section["top_k"] == nil { settings.topK = 0 }
            let scores = try #require(node["scores"]?.elements).map { $0.number.map { Float($0) } ?? -.infinity }
            var left = [Double](repeating: 0, count: scores.count)
            for candidate in SamplingFilter(settings).candidates(scores) {
                left[Int(candidate.id)] = candidate.probability
            }
            let expected = try #require(node["probabilities"]?.elements).compactMap(\.number)
            let worst = zip(left, expected).map { abs($0 - $1) }.max() ?? 1
            #expect(worst < 1e-6, "\(JSON(section).compactText)")
        }
    }

    @Test("is drawn as often as it is likely")
    func frequencies() throws {
        var settings = GenerationSettings()
        settings.topK = 3
        let candidates = SamplingFilter(settings).candidates([0, 1, 2, -1, 1.5])
        #expect(candidates.map(\.id) == [1, 2, 4])
        var stream = RandomStream(seed: 5, path: "test")
        var counts: [Int32: Double] = [:]
        let draws = 20_000
        for _ in 0..<draws {
            counts[try #require(SamplingFilter.draw(candidates, stream.uniform())), default: 0] += 1
        }
        for candidate in candidates {
            #expect(abs(counts[candidate.id, default: 0] / Double(draws) - candidate.probability) < 0.015)
        }
    }

    @Test("is nothing where no score is finite")
    func none() {
        let filter = SamplingFilter(GenerationSettings())
        #expect(filter.candidates([-.infinity, -.infinity]).isEmpty)
        #expect(SamplingFilter.draw([], 0.5) == nil)
    }

    @Test("the largest of some values is found as sorting finds it", arguments: 1...9)
    func largest(count: Int) {
        let values: [Float] = [3, -1, 3, 8, 0, 8, 8, 2, -5, 7]
        #expect(SamplingFilter.largest(count, of: values) == values.sorted(by: >)[count - 1])
    }
}
