import Training

/// Keeps what a trainer announces.
final class Recorder: TrainingObserver {
    var events: [TrainingEvent] = []

    func observe(_ event: TrainingEvent) throws {
        events.append(event)
    }

    var logs: [LogEntry] {
        events.compactMap {
            if case .logged(let entry) = $0 { entry } else { nil }
        }
    }
    var steps: [StepReport] {
        events.compactMap {
            if case .stepped(let report) = $0 { report } else { nil }
        }
    }
    var evaluations: [ModelEvaluation] {
        events.compactMap {
            if case .evaluated(let evaluation) = $0 { evaluation } else { nil }
        }
    }
    var improvements: [Int] {
        events.compactMap {
            if case .improved(let evaluation) = $0 { evaluation.step } else { nil }
        }
    }
}

/// An evaluator whose metrics are known beforehand.
final class ScriptedEvaluator: Evaluator {
    let values: [Double]
    let higherIsBetter: Bool
    private(set) var calls = 0
    var onCall: (Int) -> Void = { _ in }

    init(_ values: [Double], higherIsBetter: Bool = true) {
        self.values = values
        self.higherIsBetter = higherIsBetter
    }

    func evaluate() throws -> [Score] {
        defer { calls += 1 }
        onCall(calls)
        return [
            Score("f1", values[min(calls, values.count - 1)], higherIsBetter: higherIsBetter),
            Score("loss", Double(calls), higherIsBetter: false),
        ]
    }
}

/// Settings of a short training: batches of 4, a log line for each step.
func shortSettings(_ change: (inout TrainSettings) -> Void = { _ in }) -> TrainSettings {
    var settings = TrainSettings()
    settings.batchSize = 4
    settings.learningRate = 0.05
    settings.epochCount = 2
    settings.loggingSteps = 1
    change(&settings)
    return settings
}
