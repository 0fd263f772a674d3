import Models
import NN
import Results
import Tasks
import Tensors
import Training

/// What a run will do and need, told without training.
public struct Plan: Sendable {
    /// One data set as the model reads it.
    public struct DataFigures: Hashable, Sendable {
        /// Examples in the file, features they give, tokens of all features, and of the longest.
        public let examples: Int, features: Int, tokens: Int, longest: Int
        /// Examples that are too long and read in part only.
        public let truncated: Int
        /// What of the file could not be read and was left out.
        public let skipped: SkippedRows
    }

    /// A parameter that is trained.
    public struct TrainedParameter: Hashable, Sendable {
        /// Its name and the lengths of its axes.
        public let path: String, shape: [Int]
    }

    /// The experiment's name, its task, method and backbone, and the run's identity.
    public let name: String, task: String, method: String, backbone: String, id: RunID
    /// What is attached where, one line each.
    public let attachments: [String]
    /// Every trained parameter.
    public let trained: [TrainedParameter]
    /// How many numbers are trained, and how many the model has, trained ones included.
    public let trainableParameters: Int, totalParameters: Int
    /// Tensors of the checkpoint that nothing uses.
    public let unusedTensors: [String]
    /// Keys of its configuration that nothing reads, but for those that are known to change no numbers.
    public let unreadKeys: [String]
    /// What is trained on, and what is scored on.
    public let training: DataFigures, evaluation: DataFigures?
    /// Updates in an epoch and in all, and those with a rising learning rate.
    public let stepsPerEpoch: Int, steps: Int, warmupSteps: Int
    /// Tokens of all training steps.
    public let trainingTokens: Int
    /// Floating-point operations of the products of all training steps, and of one evaluation.
    public let trainingOperations: Int, evaluationOperations: Int
    /// What of an evaluation goes into writing texts.
    let writing: WritingCost
    /// Those of what is computed once and kept, and what that is.
    public let activationOperations: Int, activations: ActivationPlan
    /// Bytes that the process is expected to hold at its peak.
    public let peakBytes: Int
    /// Those of them that are pages of the checkpoint's file, of which all runs on a machine share one copy.
    public let sharedBytes: Int
    /// Seconds of all training steps, and of one evaluation.
    public let trainingSeconds: Double, evaluationSeconds: Double
    /// Seconds of what is computed once.
    public let activationSeconds: Double
    /// The machine's product rate that the seconds come from.
    public let operationsPerSecond: Double
    /// Whether that is the rate in float32 though the manifest asks for another precision: most weights are trained.
    let isWidened: Bool

    /// The plan of what was put together.
    ///
    /// - Throws: when the model cannot be put together once more.
    public init(_ assembly: Assembly, _ probe: ProductProbe) throws {
        let (model, manifest) = (assembly.model, assembly.resolved.manifest)
        (name, task, method) = (manifest.name, assembly.resolved.taskName, assembly.resolved.tunerName)
        (backbone, id) = (assembly.backboneName, assembly.id)
        let parameters = model.graph.parameters
        trained = model.graph.trained.map { TrainedParameter(path: $0.path, shape: $0.shape.axes) }
        trainableParameters = model.graph.trained.reduce(0) { $0 + $1.shape.count }
        totalParameters = parameters.reduce(0) { $0 + $1.shape.count }
        attachments = Self.attachments(assembly)
        (unusedTensors, unreadKeys) = (assembly.built.store.unusedTensors, assembly.built.unreadKeys)
        training = DataFigures(assembly.training)
        evaluation = assembly.evaluation.map { DataFigures($0.data) }

        let steps = assembly.trainingPlan
        (stepsPerEpoch, self.steps, warmupSteps) = (steps.stepsPerEpoch, steps.totalSteps, steps.warmupSteps)
        activations = assembly.activations
        let cost = PassCost(
            assembly.model, training: activations.depth(of: activations.training),
            evaluation: activations.depth(of: activations.evaluation))
        let work = TrainingWork(assembly, cost)
        trainingTokens = work.tokens
        trainingOperations = work.operations
        let scoring =
            assembly.evaluation.map { cost.evaluation($0.data.features, batchSize: manifest.train.evaluationBatchSize) }
            ?? 0
        writing = WritingCost(assembly, cost, operationsPerSecond: probe.operationsPerSecond)
        evaluationOperations = scoring + writing.operations
        let kept = [
            (activations.training, assembly.training.features),
            (activations.evaluation, assembly.evaluation?.data.features ?? []),
        ]
        activationOperations = kept.reduce(0) { sum, set in
            set.0?.place == nil || set.0?.isStored == true ? sum : sum + cost.frozen(set.1)
        }
        let memory = try MemoryEstimate(assembly, work)
        (peakBytes, sharedBytes) = (max(memory.bytes, memory.sharedBytes + writing.keptBytes), memory.sharedBytes)
        operationsPerSecond = probe.operationsPerSecond
        isWidened = assembly.productPrecision != manifest.model.dtype
        let useful = probe.operationsPerSecond * Self.typicalShare
        trainingSeconds = Double(trainingOperations) / useful
        evaluationSeconds = Double(scoring) / useful + writing.seconds
        activationSeconds = Double(activationOperations) / useful
    }

    /// The share of the product rate that a step usually reaches; the rest of the time goes to what is not a product.
    static let typicalShare = 0.8

    private static func attachments(_ assembly: Assembly) -> [String] {
        let graph = assembly.model.graph
        var lines: [String] = []
        if let adapter = assembly.resolved.adapter {
            lines.append("the values of \(adapter.path), a \(adapter.methodName) adapter")
            if !adapter.unknownKeys.isEmpty {
                lines.append("not known in its adapter_config.json: \(adapter.unknownKeys.joined(separator: ", "))")
            }
            if let note = assembly.built.positionNote(adapter) { lines.append(note) }
        }
        let behind = graph.attentions.indices.filter { graph.prefixLength(at: $0) > 0 }
        if let prefix = graph.prefix, let first = behind.first, let last = behind.last {
            lines.append(
                "\(prefix.length) trained keys and values in front of \(behind.count) attentions, "
                    + "\(graph.attentions[first].path) to \(graph.attentions[last].path)")
        }
        if let prompt = graph.prompt {
            let own = prompt.place == .front ? "in front of every sequence" : "behind every sequence's first token"
            let place = assembly.resolved.task.virtualTokens > 0 ? "where the template places them" : own
            lines.append("\(prompt.length) virtual tokens \(place)")
        }
        let beside = graph.attentions.indices.filter { graph.companions[$0] != nil }
        let groups = [
            ("around", "linear maps", graph.linears.map(\.path).filter { graph.wraps[$0] != nil }),
            ("behind", "sub-layers", graph.sublayers.map(\.path).filter { graph.followers[$0] != nil }),
            ("beside", "attentions", beside.map { graph.attentions[$0].path }),
        ]
        for (place, kind, paths) in groups where !paths.isEmpty {
            lines.append("\(place) \(paths.count) \(kind): \(Self.span(paths))")
        }
        let own = graph.trained.filter { $0.owner == .backbone }
        if !own.isEmpty { lines.append("\(FigureText.counted(own.count, "tensor")) of the backbone trained") }
        let head = graph.trained.filter { $0.owner == .head }.map(\.path).joined(separator: ", ")
        lines.append(head.isEmpty ? "the head is not trained: it is the checkpoint's" : "the head is trained: \(head)")
        return lines
    }

    /// The first and the last of several names.
    private static func span(_ paths: [String]) -> String {
        paths.count <= 2 ? paths.joined(separator: ", ") : "\(paths[0]) to \(paths[paths.count - 1])"
    }
}

extension Plan.DataFigures {
    init(_ data: PreparedData) {
        self.init(
            examples: data.exampleCount, features: data.features.count, tokens: data.tokenCount,
            longest: data.longestSequence, truncated: data.truncatedCount, skipped: data.skipped)
    }
}
