import Configuration
import Testing
import YAML

@testable import Sweeps

@Suite("Rules that end trials")
struct StoppingTests {
    private func rule(_ text: String) throws -> any StoppingRule {
        var diagnostics = Diagnostics()
        let settings = try SweepText.settings("early_stopping: {\(text)}", &diagnostics)
        let tagged = try #require(settings.earlyStopping, "\(diagnostics)")
        return tagged.entry.make(tagged.settings)
    }

    @Test func noneNeverStops() throws {
        #expect(try !rule("strategy: none").stops([0], among: [[9], [9], [9], [9]]))
    }

    @Test("Half goes on at each rung of successive halving, and nothing happens between rungs")
    func halving() throws {
        let rule = try rule("strategy: asha, reduction_factor: 2")
        // Rungs at 1, 2, 4, 8 evaluations.
        #expect(!rule.stops([0.1], among: []))
        #expect(!rule.stops([0.1], among: [[0.05]]))
        #expect(rule.stops([0.1], among: [[0.2]]))
        #expect(!rule.stops([0.1], among: [[0.2], [0.05], [0.05]]), "two of four go on")
        #expect(rule.stops([0.1], among: [[0.2], [0.2], [0.05]]))
        #expect(!rule.stops([0.1, 0.1, 0.1], among: [[0.2, 0.2, 0.2]]), "3 is no rung")
        #expect(rule.stops([0.9, 0.9, 0.9, 0.1], among: [[0, 0, 0, 0.2]]), "the value at the rung counts")
        #expect(!rule.stops([0.1, 0.1], among: [[0.2]]), "who has not come as far is no rival")
    }

    @Test func rungsBeginWhereTheyAreAskedFor() throws {
        let rule = try rule("strategy: asha, reduction_factor: 3, min_evaluations: 2")
        let better = [Double](repeating: 1, count: 20)
        let rungs = (1...20).filter { rule.stops([Double](repeating: 0, count: $0), among: [better]) }
        #expect(rungs == [2, 6, 18])
    }

    @Test func aTieGoesOn() throws {
        #expect(try !rule("strategy: asha, reduction_factor: 2").stops([0.5], among: [[0.5], [0.5], [0.5]]))
    }

    @Test func whatIsNotANumberIsWorst() throws {
        #expect(try rule("strategy: asha, reduction_factor: 2").stops([.nan], among: [[-9]]))
        #expect(try !rule("strategy: asha, reduction_factor: 2").stops([-9], among: [[.nan]]))
        #expect(try rule("strategy: median, min_trials: 1").stops([.nan], among: [[-9]]))
        #expect(try !rule("strategy: median, min_trials: 1").stops([-9], among: [[.nan]]))
    }

    @Test("The median rule compares the best so far with the others after as many evaluations")
    func median() throws {
        let rule = try rule("strategy: median")
        #expect(!rule.stops([0.1], among: [[0.2], [0.3]]), "too few others")
        #expect(rule.stops([0.1], among: [[0.2], [0.3], [0.05]]))
        #expect(!rule.stops([0.2], among: [[0.2], [0.3], [0.05]]))
        #expect(!rule.stops([0.25, 0.1], among: [[0, 0.2], [0, 0.3], [0, 0.05]]), "its best was better")
        #expect(rule.stops([0.24], among: [[0.1], [0.2], [0.3], [0.4]]), "the median of four is 0.25")
    }

    @Test func theMedianRuleWaits() throws {
        let rule = try rule("strategy: median, min_evaluations: 2, min_trials: 1, metric: f1")
        #expect(rule.metric == "f1")
        #expect(!rule.stops([0], among: [[1, 1]]))
        #expect(rule.stops([0, 0], among: [[1, 1]]))
    }
}
