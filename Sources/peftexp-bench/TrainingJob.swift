import Files
import YAML

/// A training that both sides do by the same manifest.
struct TrainingJob {
    /// The experiment's name, which no other job has.
    let name: String
    /// The sections of the manifest.
    let model: [String: JSON], task: [String: JSON], data: [String: JSON], peft: [String: JSON], train: [String: JSON]
    /// Steps that are measured, after those that warm up.
    var steps = 1

    /// Writes the manifest, which is JSON, into `folder`.
    func manifest(in folder: String) throws -> String {
        let path = "\(folder)/\(name).json"
        let manifest: JSON = [
            "name": .string(name), "model": .object(model), "task": .object(task), "data": .object(data),
            "peft": .object(peft), "train": .object(train),
        ]
        try AtomicFile.write(manifest.prettyText, to: path)
        return path
    }
}

/// One who takes part in a case.
struct Entrant {
    /// Who does the work.
    enum Side {
        case peftexp, peer
    }

    /// What is done.
    enum Work {
        /// Large products and nothing else.
        case products
        /// Some steps of a training.
        case steps(TrainingJob)
        /// A training from its first step to its end.
        case whole(TrainingJob)
        /// One step, from the start of the process.
        case start(TrainingJob)
        /// Texts, so many side by side, of so many tokens.
        case writing(RandomModel, texts: Int, tokens: Int)
    }

    let side: Side
    let precision: Precision
    let work: Work
    /// What distinguishes it from others of its side and precision.
    var way = ""
    /// Settings of the peer's.
    var settings: [String: JSON] = [:]

    /// The name that aims and tables know it by.
    var name: String {
        "\(side == .peftexp ? "peftexp" : "peer") \(precision.rawValue)\(way.isEmpty ? "" : ", \(way)")"
    }

    /// The program in both precisions, and the peer: padded to the longest of batches of similar lengths, and under autocast too.
    static func usual(_ work: Work, peer precisions: [Precision] = Precision.allCases) -> [Entrant] {
        Precision.allCases.map { Entrant(side: .peftexp, precision: $0, work: work) }
            + precisions.map {
                Entrant(side: .peer, precision: $0, work: work, settings: ["group_by_length": true])
            }
    }
}
