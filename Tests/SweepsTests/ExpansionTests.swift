import Configuration
import Testing

@testable import Sweeps

@Suite("Trials from a sweep section")
struct ExpansionTests {
    @Test func aGridIsEveryCombinationTheLastAxisFastest() throws {
        #expect(
            try SweepText.trials("grid: {train.learning_rate: [1e-3, 1e-2], seed: [1, 2]}") == [
                "train.learning_rate=1e-3 seed=1", "train.learning_rate=1e-3 seed=2",
                "train.learning_rate=1e-2 seed=1", "train.learning_rate=1e-2 seed=2",
            ])
    }

    @Test func sectionsMayStandInsideOneAnother() throws {
        #expect(
            try SweepText.trials("grid: {train: {learning_rate: [1], warmup: {steps: [2]}}, seed: [3]}")
                == ["train.learning_rate=1 train.warmup.steps=2 seed=3"])
    }

    @Test func zippedListsGoInStep() throws {
        #expect(try SweepText.trials("zip: {a: [1, 2], b: [x, y]}") == ["a=1 b=x", "a=2 b=y"])
        #expect(
            try SweepText.trials("zip: [{a: [1, 2], b: [3, 4]}, {c: [5, 6]}]")
                == ["a=1 b=3 c=5", "a=1 b=3 c=6", "a=2 b=4 c=5", "a=2 b=4 c=6"])
    }

    @Test func blocksComeOneAfterTheOther() throws {
        let text = "list: {low: {train.learning_rate: 1e-4}, high: {train.learning_rate: 1e-2, seed: 3}, plain: }"
        #expect(try SweepText.trials(text) == ["train.learning_rate=1e-4", "train.learning_rate=1e-2 seed=3", ""])
        var diagnostics = Diagnostics()
        let settings = try SweepText.settings(text, &diagnostics)
        #expect(settings.cells(at: .generated, &diagnostics).map(\.titles) == [["low"], ["high"], ["plain"]])
    }

    @Test func sectionsAreMultiplied() throws {
        #expect(
            try SweepText.trials("{list: {l: {a: 1}}, grid: {b: [1, 2]}, zip: {c: [1, 2], d: [3, 4]}}") == [
                "a=1 b=1 c=1 d=3", "a=1 b=1 c=2 d=4", "a=1 b=2 c=1 d=3", "a=1 b=2 c=2 d=4",
            ])
        #expect(
            try SweepText.trials("{grid: {s: [1, 2]}, random: {count: 3, parameters: {r: {integer: [1, 9]}}}}").count
                == 6)
    }

    @Test func aWholeSectionGoesBeforeItsKeys() throws {
        #expect(
            try SweepText.trials("grid: {peft.r: [4, 8], peft: [{peft_type: LORA, lora_alpha: 2}]}") == [
                "peft={peft_type: LORA, lora_alpha: 2} peft.r=4", "peft={peft_type: LORA, lora_alpha: 2} peft.r=8",
            ])
    }

    @Test func noSweepHasNoTrials() throws {
        var diagnostics = Diagnostics()
        #expect(try !SweepText.settings("early_stopping: {strategy: none}", &diagnostics).isPresent)
        #expect(diagnostics.isEmpty)
    }

    @Test(
        "Mistakes stand where they were made",
        arguments: [
            ("grid: [1]", "1:7: 'sweep.grid' must be a section of keys, each with a list of values"),
            ("grid: {}", "1:7: 'sweep.grid' is empty; name a key and its values"),
            ("grid:\n  a: []", "2:6: 'a' has no values: give at least one, or remove the line"),
            ("grid:\n  a: 8", "2:6: 'a' in sweep.grid must be a list of values; write [8]"),
            ("grid:\n  a..b: [1]", "2:3: 'a..b' is no key; write it as in train.learning_rate"),
            ("grid:\n  sweep.grid.a: [1]", "2:3: 'sweep.grid.a' belongs to the sweep, which cannot change itself"),
            (
                "grid:\n  name: [a]",
                "2:3: 'name' cannot be swept: the trials of a sweep stand in one folder, which has this name"
            ),
            ("grid:\n  a.b: [1]\n  a: {b: [2]}", "3:7: 'a.b' is swept twice; it stands first at sweep.yaml:2:3"),
            (
                "grid:\n  seed: [1]\nzip:\n  seed: [2]", "4:3: 'seed' is swept twice; it stands first at sweep.yaml:2:3"
            ),
            (
                "zip:\n  a: [1, 2]\n  b: [1]",
                "3:3: 'b' has 1 values, but 'a' has 2; zipped lists are of one length"
            ),
            ("zip: []", "1:6: 'sweep.zip' is empty; name keys and their values"),
            ("list:\n  a: 3", "2:6: 'a' in sweep.list must be a section of keys and values"),
            (
                "list: [a]",
                "1:7: 'sweep.list' must be a section of names, each with the values that it replaces, as in "
                    + "'low: {train.learning_rate: 1e-4}'"
            ),
            (
                "random: {count: 2}",
                "1:9: missing 'sweep.random.parameters': keys with distributions, as in {peft.r: {integer: [4, 32]}}"
            ),
            (
                "random: {count: 0, parameters: {a: {uniform: [0, 1]}}}",
                "1:17: 'random.count' must be an integer from 1 to 10000, not '0'"
            ),
            (
                "random: {count: 1, parameters: {a: {unifrm: [0, 1]}}}",
                "1:37: unknown distribution 'unifrm'; did you mean 'uniform'?"
            ),
            (
                "random: {count: 1, parameters: {a: {log_uniform: [0, 1]}}}",
                "1:50: 'a': log_uniform takes [low, high], two numbers above 0, the smaller one first"
            ),
            (
                "random: {count: 1, parameters: {a: {integer: [1, 2.5]}}}",
                "1:46: 'a': integer takes [low, high], two whole numbers, the smaller one first"
            ),
            (
                "random: {count: 1, parameters: {a: 3}}",
                "1:36: 'a' needs one distribution, as in {uniform: [0, 0.3]}; there are uniform, log_uniform, integer, choice"
            ),
            (
                "{grid: {a: [1]}, exclude: [3]}",
                "1:28: a condition in sweep.exclude must be a section of keys, each with a value or a list of values"
            ),
            (
                "early_stopping: {strategy: ahsa}",
                "1:28: 'early_stopping.strategy' must be one of none, asha, median, not 'ahsa'; did you mean 'asha'?"
            ),
            ("gird: {a: [1]}", "1:1: unknown key 'gird' in the manifest; did you mean 'grid'?"),
        ])
    func mistakes(text: String, mistake: String) throws {
        #expect(try SweepText.mistakes(text) == [mistake.replacing(" in the manifest", with: "")])
    }

    @Test func tooManyTrialsAreRefused() throws {
        let axis = "[\((0..<200).map { "\($0)" }.joined(separator: ", "))]"
        #expect(
            try SweepText.mistakes("grid: {a: \(axis), b: \(axis)}") == [
                "1:7: these are 40000 trials; 10000 is the most"
            ])
        let axes = (0..<8).map { "k\($0): \(axis)" }.joined(separator: ", ")
        #expect(
            try SweepText.mistakes("grid: {\(axes)}") == ["1:7: these are billions of trials; 10000 is the most"])
    }
}
