import YAML

/// What happens while a worker works on a sweep, for whoever draws it.
public enum WorkerEvent: Sendable {
    /// A trial begins; `generation` is the number of its claim.
    case started(String, generation: Int)
    /// So many steps of a trial are done.
    case stepped(String, step: Int, of: Int, loss: Double, secondsLeft: Double)
    /// A trial was scored after so many steps.
    case evaluated(String, step: Int, scores: [String: Double])
    /// A trial has come to its end.
    case finished(String, metrics: [String: Double], path: String)
    /// A trial was ended before its time, by what stands in the text.
    case pruned(String, by: String)
    /// An attempt failed.
    case failed(String, message: String)
    /// A trial was let go before its end, and its state kept.
    case released(String)
    /// Nothing is left to take, but others are still at work: who they are.
    case waiting(for: [String])
}

extension WorkerEvent {
    /// The event as a line for another process.
    public var line: String {
        let object: [String: JSON] =
            switch self {
            case .started(let trial, let generation):
                ["event": "started", "trial": .string(trial), "generation": .integer(generation)]
            case .stepped(let trial, let step, let count, let loss, let seconds):
                [
                    "event": "stepped", "trial": .string(trial), "step": .integer(step), "of": .integer(count),
                    "loss": .number(loss), "seconds_left": .number(seconds),
                ]
            case .evaluated(let trial, let step, let scores):
                [
                    "event": "evaluated", "trial": .string(trial), "step": .integer(step),
                    "scores": .object(scores.mapValues(JSON.number)),
                ]
            case .finished(let trial, let metrics, let path):
                [
                    "event": "finished", "trial": .string(trial), "scores": .object(metrics.mapValues(JSON.number)),
                    "path": .string(path),
                ]
            case .pruned(let trial, let rule): ["event": "pruned", "trial": .string(trial), "by": .string(rule)]
            case .failed(let trial, let message):
                ["event": "failed", "trial": .string(trial), "message": .string(message)]
            case .released(let trial): ["event": "released", "trial": .string(trial)]
            case .waiting(let holders): ["event": "waiting", "for": .array(holders.map(JSON.string))]
            }
        return JSON.object(object).compactText + "\n"
    }

    /// The event that such a line tells; nil for any other line.
    public init?(_ line: some StringProtocol) {
        guard let node = try? JSONText.parse(String(line), file: "worker"), let event = node["event"]?.string else {
            return nil
        }
        let trial = node["trial"]?.string ?? ""
        var scores: [String: Double] = [:]
        if case .mapping(let pairs)? = node["scores"]?.content {
            for pair in pairs { scores[pair.key] = pair.value.number ?? .nan }
        }
        switch event {
        case "started": self = .started(trial, generation: node["generation"]?.integer ?? 0)
        case "stepped":
            self = .stepped(
                trial, step: node["step"]?.integer ?? 0, of: node["of"]?.integer ?? 0,
                loss: node["loss"]?.number ?? .nan, secondsLeft: node["seconds_left"]?.number ?? .nan)
        case "evaluated": self = .evaluated(trial, step: node["step"]?.integer ?? 0, scores: scores)
        case "finished": self = .finished(trial, metrics: scores, path: node["path"]?.string ?? "")
        case "pruned": self = .pruned(trial, by: node["by"]?.string ?? "")
        case "failed": self = .failed(trial, message: node["message"]?.string ?? "")
        case "released": self = .released(trial)
        case "waiting": self = .waiting(for: node["for"]?.elements?.compactMap(\.string) ?? [])
        default: return nil
        }
    }
}
