import Files
import Models
import NN
import Results
import Tasks
import Tensors
import Training
import Tuners

/// A manifest's parts put together: data as the model reads it, and the model with what the method attached.
///
/// Nothing is computed and no weight is read until the model is used.
public struct Assembly {
    /// What was written down.
    public let resolved: ResolvedManifest
    /// The network.
    public let built: BuiltModel
    /// What it learns from.
    public let training: PreparedData
    /// What it is scored by, if anything.
    public let evaluation: (any EvaluationSet)?
    /// The run's identity.
    public let id: RunID
    /// SHA-256 of every file that the result depends on, by its role.
    public let digests: [String: Digest]
    /// What is computed once for each example and kept.
    public let activations: ActivationPlan
    /// The model's section, with the vocabulary that was found in the data.
    private let section: ModelSection

    /// Puts the parts together.
    ///
    /// - Throws: `CheckpointError`, `DataError` or `FileError`: what, where, and what to do.
    public init(_ resolved: ResolvedManifest, _ workspace: Workspace) throws {
        let manifest = resolved.manifest
        self.resolved = resolved
        var model = manifest.model
        if model.hasCharacters {
            model.characters = try resolved.reading { () throws(DataError) in
                try CharacterVocabulary(resolved.trainingFile, for: resolved.taskName)
            }
        }
        let preparation = Preparation(
            tokenizer: model.tokenizerFolder, config: try ModelOrigin.config(model, vocabulary: nil),
            cache: workspace.cache)
        let training = try resolved.reading { () throws(DataError) in
            try resolved.task.trainingData(resolved.trainingFile, preparation)
        }
        let labels = training.labels
        self.training = training
        section = model
        evaluation = try resolved.evaluationFile.map { file in
            try resolved.reading { () throws(DataError) in
                try resolved.task.evaluationSet(file, labels: labels, preparation)
            }
        }
        built = try Self.model(resolved, section, training)
        if let adapter = resolved.adapter {
            if let known = adapter.labels, known != labels {
                throw resolved.mistake(
                    at: "model.adapter",
                    "'\(adapter.path)' was trained for the labels \(known.names.joined(separator: ", ")), the data has "
                        + "\(labels.names.joined(separator: ", ")); give them in this order in task.labels, or start anew"
                )
            }
            do throws(AdapterError) {
                try built.load(adapter.values, from: adapter.path)
            } catch {
                throw resolved.mistake(at: "model.adapter", "\(error)")
            }
        }
        guard !built.model.graph.trained.isEmpty else {
            throw resolved.mistake(
                at: "peft",
                "\(resolved.tunerName) with \(resolved.taskName) trains nothing here: the head is the checkpoint's own; "
                    + "choose another method")
        }
        let count = max(training.vocabularyCount, evaluation?.data.vocabularyCount ?? 0)
        if model.tokenizer == nil { try built.check(vocabulary: count) }
        if let mistake = built.mismatch(vocabulary: count) {
            throw resolved.mistake(at: "model.tokenizer", mistake)
        }
        let digests = try Self.digests(resolved, workspace)
        self.digests = digests
        id = RunID(manifest: resolved.identity, files: digests)
        activations = ActivationPlan(
            built.model, manifest, training, evaluation?.data,
            steps: TrainingPlan(manifest.train, exampleCount: training.features.count), digests: digests, workspace)
    }

    private static func model(
        _ resolved: ResolvedManifest, _ section: ModelSection, _ training: PreparedData
    ) throws -> BuiltModel {
        let manifest = resolved.manifest
        return try BuiltModel(
            section, taskName: resolved.taskName, labels: training.labels, tuners: resolved.tuners.map(\.tuner),
            seed: manifest.seed, classifierPosition: resolved.task.classifierPosition,
            vocabulary: training.vocabularyCount,
            checkpointsLayers: manifest.train.checkpointsLayers)
    }

    /// The precision of most products: those with trained weights are in float32 whatever the manifest asks for.
    public var productPrecision: Precision {
        let matrices = model.graph.parameters.filter { $0.shape.axes.count == 2 }
        let numbers = matrices.reduce(0) { $0 + $1.shape.count }
        let trained = matrices.reduce(0) { $0 + ($1.isTrained ? $1.shape.count : 0) }
        return 2 * trained > numbers ? .float32 : resolved.manifest.model.dtype
    }

    /// The same network once more, none of whose parameters has been used.
    func anotherModel() throws -> BuiltModel {
        let other = try Self.model(resolved, section, training)
        if let adapter = resolved.adapter { try other.load(adapter.values, from: adapter.path) }
        return other
    }

    /// A feature as training reads it in an epoch, from 0.
    func trainingFeature(_ index: Int, epoch: Int) -> Feature {
        training.masking?.feature(index, pass: epoch, seed: UInt64(resolved.manifest.seed)) ?? training.features[index]
    }

    /// SHA-256 of every file that the result of a manifest depends on, by its role.
    static func digests(
        _ resolved: ResolvedManifest, _ workspace: Workspace
    ) throws -> [String: Digest] {
        let (data, model) = (resolved.manifest.files, resolved.manifest.model)
        var digests = ["data.train": try workspace.digests.digest(of: data.train)]
        if let eval = data.eval { digests["data.eval"] = try workspace.digests.digest(of: eval) }
        switch model.config {
        case nil: digests["model/config.json"] = try workspace.digests.digest(of: "\(model.path)/config.json")
        case .file(let path): digests["model/config.json"] = try workspace.digests.digest(of: path)
        case .mapping: break
        }
        if model.start == .checkpoint {
            for file in try Checkpoint.weightFiles(in: model.path) {
                let name = file.split(separator: "/").last.map(String.init) ?? file
                digests["model/\(name)"] = try workspace.digests.digest(of: file)
            }
        }
        if let adapter = resolved.adapter {
            for name in AdapterFiles.names where FileContents.exists("\(adapter.path)/\(name)") {
                digests["adapter/\(name)"] = try workspace.digests.digest(of: "\(adapter.path)/\(name)")
            }
        }
        // Characters of the training text are known by that text.
        if !model.hasCharacters { digests["tokenizer"] = try model.tokenizerFolder.digest(workspace.digests) }
        return digests
    }

    /// The network that is trained.
    public var model: TunedModel { built.model }
    /// The family of the backbone.
    public var backboneName: String { built.family }

    /// The steps that training takes.
    public var trainingPlan: TrainingPlan {
        TrainingPlan(resolved.manifest.train, exampleCount: training.features.count)
    }
}
