import Autograd
import Models
import NN
import Results
import Tasks
import Tensors
import Training

/// What a run holds in memory at its peak: its largest steps and scorings, gone through without being computed (`Rehearsal`), on top of what
/// this process holds already, which is the program and the data.
struct MemoryEstimate {
    /// The peak.
    let bytes: Int
    /// Those of them that are pages of the checkpoint's file, of which all runs on a machine share one copy.
    let sharedBytes: Int

    /// - Throws: when the model cannot be put together once more.
    init(_ assembly: Assembly, _ work: TrainingWork) throws {
        let rehearsal = Rehearsal()
        let (model, outputBytes) = try rehearsal.run { try Self.goThrough(assembly, work) }
        let onDisk = [assembly.activations.training, assembly.activations.evaluation].compactMap(\.self)
            .reduce(0) { $0 + ($1.place == .disk ? $1.bytes : 0) }
        sharedBytes = max(0, rehearsal.mappedBytes - work.unreadEmbeddingBytes(assembly, model)) + onDisk
        // What this process has used of the heap it will use again.
        let used = TensorHeap.highestBytes
        let now = max(0, (ProcessMemory.residentBytes() ?? Self.program) - used)
        let coming = max(used, rehearsal.heapBytes) + rehearsal.otherBytes + sharedBytes + outputBytes
        bytes = max(ProcessMemory.peakResidentBytes() ?? 0, now + coming + Self.scratch * Parallel.threadCount)
    }

    /// The program itself and its libraries, where the system does not say.
    private static let program = 30_000_000
    /// What products, attentions and their libraries work in, for each thread.
    private static let scratch = 2_000_000

    /// Two updates, the second of which finds what the first has left, and a scoring; where the best model is to be the result, another
    /// update while it is kept.
    ///
    /// - Returns: the model, and the bytes of all outputs of a scoring.
    private static func goThrough(_ assembly: Assembly, _ work: TrainingWork) throws -> (TunedModel, Int) {
        let (train, model) = (assembly.resolved.manifest.train, try assembly.anotherModel().model)
        let (trained, observers) = (model.graph.trained, model.graph.stepObservers)
        let kept = KeptRows(assembly, model)
        var optimizer = AdamW()
        func step(_ number: Int) throws {
            for parameter in trained { parameter.variable.gradient = nil }
            for _ in 0..<min(2, train.accumulationSteps) {
                let features = work.largestBatch.map { assembly.trainingFeature($0, epoch: 0) }
                var batch = Batch(features)
                batch.frozen = kept.states(of: features, assembly.activations.training)
                model.loss(batch, mode: .training(seed: 0, step: number)).backward()
            }
            _ = try optimizer.step(trained, learningRate: 0, train.optimizer, keepsGradients: !observers.isEmpty)
            for observer in observers { observer.didStep(number, of: work.steps, gradientScale: 1) }
            for parameter in trained { parameter.variable.gradient = nil }
        }
        let scoring = assembly.evaluation.flatMap { work.largestScoring($0, batchSize: train.evaluationBatchSize) }
        func score() -> Int {
            guard var scoring else { return 0 }
            scoring.batch.frozen = kept.states(of: scoring.features, assembly.activations.evaluation)
            let outputs = GradientRecording.off { model.outputs(scoring.batch, mode: .evaluation).value }
            let rows = model.head.outputOffsets(scoring.batch).dropFirst().first ?? 0
            let kept = scoring.set.condensed(outputs.rows(0..<rows), of: scoring.first)
            return kept.count * MemoryLayout<Float>.stride * scoring.allTokens / max(1, scoring.tokensOfFirst)
        }
        for number in 0..<min(2, work.steps) { try step(number + 1) }
        let outputBytes = score()
        if train.evaluationStrategy != .no, train.restoresBest, work.steps > 2 {
            let best = trained.map(\.variable.value)
            try step(3)
            withExtendedLifetime(best) {}
        }
        withExtendedLifetime(kept) {}
        return (model, outputBytes)
    }

    /// What a run keeps of the frozen part of its model.
    private struct KeptRows {
        private let plan: ActivationPlan
        private let model: TunedModel
        private let tables: [Tensor]

        /// Goes through the making of them too.
        init(_ assembly: Assembly, _ model: TunedModel) {
            (plan, self.model) = (assembly.activations, model)
            let width = model.backbone.hiddenSize
            tables = [assembly.activations.training, assembly.activations.evaluation].compactMap { use in
                use?.place == .memory ? use.map { Tensor.zeros([$0.rows, width]) } : nil
            }
            let features = assembly.training.features + (assembly.evaluation?.data.features ?? [])
            guard plan.isComputed, let depth = plan.part.depth, let block = ActivationTable.blocks(features).first
            else {
                return
            }
            _ = model.frozenStates(of: Batch(features[block]), to: depth)
        }

        /// The rows that a batch brings; nil where it brings none.
        func states(of features: [Feature], _ use: ActivationPlan.Use?) -> FrozenStates? {
            guard let depth = plan.depth(of: use) else { return nil }
            let rows = features.reduce(0) { $0 + depth.rows(of: $1, model.head.reading) }
            return FrozenStates(depth, .zeros([rows, model.backbone.hiddenSize]))
        }
    }
}

extension TrainingWork {
    /// The batch of a scoring with the most tokens, and what its first feature is among all.
    fileprivate func largestScoring(_ set: any EvaluationSet, batchSize: Int) -> Scoring? {
        let features = set.data.features
        let counts = features.map(\.tokenCount)
        let starts = Array(stride(from: 0, to: features.count, by: batchSize))
        func tokens(_ start: Int) -> Int { counts[start..<min(counts.count, start + batchSize)].reduce(0, +) }
        guard let first = starts.max(by: { tokens($0) < tokens($1) }) else { return nil }
        return Scoring(
            set: set, features: Array(features[first..<min(features.count, first + batchSize)]),
            batch: Batch(features[first..<min(features.count, first + batchSize)]), first: first,
            tokensOfFirst: counts[first], allTokens: counts.reduce(0, +))
    }

    /// A batch of a scoring.
    fileprivate struct Scoring {
        let set: any EvaluationSet
        let features: [Feature]
        var batch: Batch
        /// The number of its first feature, and its tokens.
        let first: Int, tokensOfFirst: Int
        /// Tokens of the whole set.
        let allTokens: Int
    }

    /// The bytes of the mapped table of embeddings in whose neighbourhood no token of the run lies, where nothing reads it whole; of a table that
    /// gives its pages back, all but those that a thread gathers in between.
    fileprivate func unreadEmbeddingBytes(_ assembly: Assembly, _ model: TunedModel) -> Int {
        let table = model.backbone.wordEmbeddings
        guard model.isTableReadInPlaces, !table.isTrained || steps == 0 else { return 0 }
        let bytes = table.shape.count * MemoryLayout<Float>.stride
        if table.variable.value.isReadInPlaces {
            return max(0, bytes - Parallel.threadCount * Kernels.rowsBetweenReleases * Self.pagesAtATime)
        }
        let (width, window) = (table.shape.columns * MemoryLayout<Float>.stride, Self.pagesAtATime)
        var isRead = [Bool](repeating: false, count: table.shape.rows * width / window + 2)
        func read(_ feature: Feature) {
            for id in feature.inputIDs + feature.decoderInputIDs where id >= 0 {
                isRead[Int(id) * width / window] = true
                isRead[(Int(id) * width + width - 1) / window] = true
            }
        }
        for index in readFeatures { read(assembly.training.features[index]) }
        for feature in assembly.evaluation?.data.features ?? [] { read(feature) }
        return max(0, table.shape.rows * width - isRead.count { $0 } * window)
    }

    /// Bytes of a mapped file that the system takes in around one that is read (Linux's `fault_around_bytes`).
    private static let pagesAtATime = 1 << 16
}
