import Files
import Foundation
import NN
import Tensors
import Testing
import Training

@Suite struct SnapshotArchiveTests {
    private static let features = ToyModel.features(18)

    private func make(_ recorder: Recorder = Recorder()) throws -> (ToyModel, Trainer) {
        let settings = shortSettings {
            $0.evaluationStrategy = .epoch
            $0.epochCount = 3
            $0.accumulationSteps = 2
            $0.saving.steps = 2
        }
        let model = try ToyModel(dropout: 0.2)
        return (
            model,
            try Trainer(
                model, features: Self.features, settings: settings, seed: 11, evaluator: ScriptedEvaluator([0.5]),
                observers: [recorder])
        )
    }

    private func withArchive(_ body: (String) throws -> Void) throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "peftexp-\(UUID().uuidString).tar").path
        defer { try? Folder.remove(path) }
        try body(path)
    }

    /// The snapshot as bytes, so that NaN equals NaN.
    private func bytes(_ snapshot: TrainingSnapshot, _ names: [String], _ path: String) throws -> Data {
        try Archive.write(to: path) { try snapshot.write(to: $0, names: names) }
        return try FileContents.data(at: path)
    }

    @Test("Written and read, it is the same to the bit, whatever its numbers are")
    func roundTrip() throws {
        let (_, trainer) = try make()
        _ = try trainer.run { trainer.progress.step == 4 }
        var snapshot = trainer.snapshot
        let odd: [Float] = [.nan, -.infinity, -0.0, .leastNonzeroMagnitude, 1.1]
        snapshot.parameters[0].withMutableSpan { span in
            for (index, value) in odd.enumerated() { span[index] = value }
        }
        snapshot.progress.losses = [.infinity, -0.0, .leastNonzeroMagnitude, .nan]
        snapshot.progress.gradientNorm = 0.1 + 0.2
        try withArchive { path in
            let written = try bytes(snapshot, trainer.parameterNames, path)
            let read = try trainer.snapshot(in: Archive(path))
            #expect(read.parameters == snapshot.parameters)
            #expect(read.progress.losses.map(\.bitPattern) == snapshot.progress.losses.map(\.bitPattern))
            #expect(read.progress.gradientNorm == 0.1 + 0.2)
            #expect(read.progress.optimizer == snapshot.progress.optimizer)
            #expect(read.progress.throughput.seconds == snapshot.progress.throughput.seconds)
            #expect(read.progress.best?.parameters == snapshot.progress.best?.parameters)
            #expect(try bytes(read, trainer.parameterNames, path) == written)
        }
    }

    @Test("Scores that are not finite are kept", arguments: [Double.nan, .infinity, -.infinity])
    func oddScores(value: Double) throws {
        let model = try ToyModel()
        let settings = shortSettings { $0.evaluationStrategy = .epoch }
        let trainer = try Trainer(
            model, features: Self.features, settings: settings, seed: 1, evaluator: ScriptedEvaluator([value]))
        _ = try trainer.run { trainer.progress.step == 6 }
        try withArchive { path in
            _ = try bytes(trainer.snapshot, trainer.parameterNames, path)
            let read = try trainer.snapshot(in: Archive(path)).progress
            let score = try #require(read.lastEvaluation?.scores.first)
            #expect(score.value == value || score.value.isNaN && value.isNaN)
            #expect((read.best == nil) == value.isNaN)
            #expect(read.evaluationsWithoutImprovement == trainer.progress.evaluationsWithoutImprovement)
        }
    }

    @Test("Each checkpoint of a training leads to the same end")
    func everyCheckpoint() throws {
        final class Writer: TrainingObserver {
            var snapshots: [TrainingSnapshot] = []
            func observe(_ event: TrainingEvent) throws {
                if case .saving(let snapshot) = event { snapshots.append(snapshot) }
            }
        }
        let writer = Writer()
        let settings = shortSettings {
            $0.evaluationStrategy = .epoch
            $0.saving.steps = 2
        }
        func make(_ observers: [any TrainingObserver], calls: Int = 0) throws -> (ToyModel, Trainer) {
            let model = try ToyModel(dropout: 0.2)
            let scores = [0.7, 0.5].suffix(2 - calls)
            return (
                model,
                try Trainer(
                    model, features: Self.features, settings: settings, seed: 11,
                    evaluator: ScriptedEvaluator(Array(scores)), observers: observers)
            )
        }
        let (model, whole) = try make([writer])
        let outcome = try whole.run()
        #expect(writer.snapshots.map(\.progress.step) == [2, 4, 6, 8])
        for snapshot in writer.snapshots {
            try withArchive { path in
                _ = try bytes(snapshot, whole.parameterNames, path)
                let (other, trainer) = try make([], calls: snapshot.progress.step / 5)
                try trainer.restore(try trainer.snapshot(in: Archive(path)))
                let resumed = try trainer.run()
                #expect(other.values == model.values)
                #expect(resumed.losses == outcome.losses)
                #expect(resumed.evaluation == outcome.evaluation)
            }
        }
    }

    @Test("What is of another model, or incomplete, is refused in words")
    func foreign() throws {
        let (_, trainer) = try make()
        _ = try trainer.run { trainer.progress.step == 4 }
        let snapshot = trainer.snapshot
        try withArchive { path in
            _ = try bytes(snapshot, trainer.parameterNames.map { $0 + "x" }, path)
            var error = #expect(throws: TrainingError.self) { try trainer.snapshot(in: Archive(path)) }
            #expect(error?.description.contains("it has no 'letters.weight'") == true)

            _ = try bytes(snapshot, trainer.parameterNames, path)
            let whole = try Archive(path)
            for missing in ["progress.json", "losses.f64", "model.safetensors", "means.safetensors"] {
                try Archive.write(to: "\(path).2") { archive in
                    for name in whole.names where name != missing { try archive.add(name, whole.data(name) ?? Data()) }
                }
                #expect(throws: TrainingError.self, "\(missing)") {
                    try trainer.restore(try trainer.snapshot(in: Archive("\(path).2")))
                }
            }
            let text = try #require(whole.text("progress.json"))
            for change in [
                "\"step\"", "\"logged_step\"", "\"format\"", "\"throughput\"", "\"tokens\"", "\"epoch\"", "\"score\"",
                "\"higher_is_better\"", "\"optimizer_steps\"", "\"gradient_norm\"",
            ] {
                #expect(text.contains(change))
                try Archive.write(to: "\(path).2") { archive in
                    for name in whole.names {
                        let data = whole.data(name) ?? Data()
                        try archive.add(
                            name, name == "progress.json" ? Data(text.replacing(change, with: "\"x\"").utf8) : data)
                    }
                }
                error = #expect(throws: TrainingError.self, "\(change)") {
                    try trainer.snapshot(in: Archive("\(path).2"))
                }
                #expect(error?.description.hasPrefix("the saved state belongs to another training: ") == true)
            }
            try Folder.remove("\(path).2")
        }
    }
}
