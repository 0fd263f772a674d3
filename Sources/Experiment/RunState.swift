import Files
import Results
import Training
import YAML

/// What a run has to know besides the training itself to go on as if it had never stopped; a checkpoint holds both.
struct RunState {
    /// What was done so far.
    var totals = RunTotals()
    /// The lines of `predictions.jsonl` as they would be written now; nil when nothing was scored.
    var predictions: String?
    /// The lines of `metrics.jsonl`.
    var metrics = ""

    private enum Part {
        static let (run, predictions, metrics) = ("run.json", "predictions.jsonl", "metrics.jsonl")
    }

    /// Writes a checkpoint as the newest of `store`.
    ///
    /// - Parameters:
    ///   - training: as it stands.
    ///   - names: of the trained parameters.
    func write(_ training: TrainingSnapshot, names: [String], to store: CheckpointStore) throws {
        try store.write { archive in
            try archive.add(Part.run, totals.json.prettyText)
            try training.write(to: archive, names: names)
            try archive.add(Part.metrics, metrics)
            if let predictions { try archive.add(Part.predictions, predictions) }
        }
    }

    /// Reads a checkpoint, and puts the training where it was.
    ///
    /// - Throws: when it is damaged or of another training; the trainer is left as it was then.
    static func restore(_ file: String, to trainer: Trainer) throws -> RunState {
        let archive = try Archive(file)
        guard let run = archive.text(Part.run), let metrics = archive.text(Part.metrics) else {
            throw FileError(.read, file, .damaged("a part of it is missing"))
        }
        let totals = RunTotals(try JSONText.parse(run, file: "\(file): \(Part.run)"))
        try trainer.restore(try trainer.snapshot(in: archive))
        return RunState(totals: totals, predictions: archive.text(Part.predictions), metrics: metrics)
    }
}
