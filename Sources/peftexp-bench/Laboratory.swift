import Files
import Results
import Tensors
import Training
import YAML

/// Does the entrants' work and measures it.
final class Laboratory {
    private let place: BenchPlace
    private let peftexp: Peftexp
    private let peer: Peer?
    private let threads: Int
    /// Operations a token of each job, as the program counts them: they are the mathematics', whoever does it.
    private var operationsPerToken: [String: Double] = [:]
    /// The peer's product rates, and the round in which they were measured.
    private var peerRates: (round: Int?, rates: [Precision: Double]) = (nil, [:])
    /// Jobs that the program was asked about, and why it refuses one in bfloat16.
    private var refusals: [String: String] = [:]
    private var writingModels: [String: WritingModel] = [:]

    init(_ place: BenchPlace, _ peer: Peer?, threads: Int) {
        (self.place, self.peer, self.threads) = (place, peer, threads)
        peftexp = Peftexp(program: place.program, threads: threads, results: "\(place.work)/results")
    }

    /// Why an entrant cannot take part; nil when it can. The program's caches are filled on the way.
    func obstacle(to entrant: Entrant) throws -> String? {
        guard entrant.side == .peftexp else { return nil }
        switch entrant.work {
        case .products:
            return ProductRates.ours(entrant.precision) == nil ? Self.missing(entrant.precision, "") : nil
        case .writing: return entrant.precision == .float32 ? nil : Self.missing(entrant.precision, "")
        case .steps(let job), .whole(let job), .start(let job):
            let manifest = try job.manifest(in: place.work)
            if entrant.precision == .float32 {
                try peftexp.warmUp(manifest)
                return nil
            }
            return try peftexp.refusal(manifest, overrides(entrant.precision)).map {
                Self.missing(entrant.precision, $0)
            }
        }
    }

    private static func missing(_ precision: Precision, _ reason: String) -> String {
        "\(precision.rawValue) is not available in this build\(reason.isEmpty ? "" : ": \(reason)")"
    }

    /// What the work of a round came to.
    func measure(_ entrant: Entrant, round: Int) throws -> [Measure: Double] {
        switch (entrant.side, entrant.work) {
        case (.peftexp, .products): return ProductRates.ours(entrant.precision).map { [.productRate: $0] } ?? [:]
        case (.peer, .products):
            try renewPeerRates(round)
            return peerRates.rates[entrant.precision].map { [.productRate: $0] } ?? [:]
        case (.peftexp, .writing(let model, let texts, let tokens)):
            let writer = try writingModels[model.name] ?? WritingModel(model, tokens: tokens)
            writingModels[model.name] = writer
            let rate = try Parallel.$threadCount.withValue(threads) { try writer.tokensPerSecond(texts: texts) }
            return [.tokensPerSecond: rate]
        case (.peer, .writing(let model, let texts, let tokens)):
            let settings: [String: JSON] = [
                "config": .object(model.config), "texts": .integer(texts), "tokens": .integer(tokens),
            ]
            return try peer?.measure("generate", settings).filter { $0.key != .peakBytes } ?? [:]
        case (.peftexp, .steps(let job)): return try steps(job, entrant.precision, round)
        case (.peftexp, .whole(let job)):
            // The whole process, though the peer's time is that of its steps alone.
            let (record, child) = try run(job, entrant.precision, round, [])
            var measured = peak(record)
            measured[.trainingSeconds] = child.seconds
            return measured
        case (.peftexp, .start(let job)):
            let (record, child) = try run(job, entrant.precision, round, ["train.max_steps=1"])
            let end = child.secondsUntilSeen ?? child.seconds
            return [.firstStepEnds: end, .firstStepBegins: end - (record.trainSeconds ?? 0)]
        case (.peer, .steps(let job)):
            try renewPeerRates(round)
            return useful(try train(job, entrant, round, steps: job.steps), job, entrant.precision, ours: nil)
        case (.peer, .whole(let job)): return try train(job, entrant, round, steps: nil)
        case (.peer, .start(let job)): return try train(job, entrant, round, steps: 1)
        }
    }

    private func steps(_ job: TrainingJob, _ precision: Precision, _ round: Int) throws -> [Measure: Double] {
        let before = rate(precision)
        let steps = Throughput.coldSteps + job.steps
        let (record, _) = try run(job, precision, round, ["train.max_steps=\(steps)"])
        let after = rate(precision)
        guard let rate = record.tokensPerSecond, let operations = record.plan["operations"]?.actual,
            let tokens = record.plan["train_tokens"]?.actual, tokens > 0
        else { throw BenchError("the result of \(steps) steps lacks figures") }
        operationsPerToken[job.name] = operations / tokens
        var measured = peak(record)
        measured[.tokensPerSecond] = rate
        measured[.operationsPerToken] = operations / tokens
        return useful(measured, job, precision, ours: [before, after].compactMap(\.self).max())
    }

    /// The program's own product rate now, on the threads that are measured.
    private func rate(_ precision: Precision) -> Double? {
        Parallel.$threadCount.withValue(threads) { ProductRates.ours(precision) }
    }

    /// Measures the peer's product rates once in a round.
    private func renewPeerRates(_ round: Int) throws {
        if peerRates.round != round { peerRates = (round, try peer?.productRates() ?? [:]) }
    }

    /// What was measured, with the share that its useful operations are of the better of both sides' product rates.
    private func useful(
        _ measured: [Measure: Double], _ job: TrainingJob, _ precision: Precision, ours: Double?
    ) -> [Measure: Double] {
        guard let operations = operationsPerToken[job.name], let tokens = measured[.tokensPerSecond] else {
            return measured
        }
        var measured = measured
        measured[.usefulRate] = operations * tokens
        if let product = [ours ?? rate(precision), peerRates.rates[precision]].compactMap(\.self).max() {
            measured[.productRate] = product
            measured[.usefulShare] = operations * tokens / product
        }
        return measured
    }

    private func run(
        _ job: TrainingJob, _ precision: Precision, _ round: Int, _ more: [String]
    ) throws -> (record: RunRecord, child: Child) {
        try peftexp.run(job.manifest(in: place.work), overrides(precision) + ["seed=\(Self.seed + round)"] + more)
    }

    private func train(
        _ job: TrainingJob, _ entrant: Entrant, _ round: Int, steps: Int?
    ) throws -> [Measure: Double] {
        var settings = entrant.settings
        settings["manifest"] = .string(try job.manifest(in: place.work))
        settings["dtype"] = .string(entrant.precision.rawValue)
        settings["seed"] = .integer(Self.seed + round)
        settings["steps"] = steps.map { .integer($0) }
        return try peer?.measure("train", settings) ?? [:]
    }

    private func overrides(_ precision: Precision) -> [String] {
        precision == .float32 ? [] : ["model.dtype=\(precision.rawValue)"]
    }

    private func peak(_ record: RunRecord) -> [Measure: Double] {
        record.peakResidentBytes.map { [.peakBytes: Double($0)] } ?? [:]
    }

    /// The first round's seed; every round sees other batches.
    private static let seed = 11
}
