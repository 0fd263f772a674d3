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
    public let model: TunedModel
    /// Its parameters.
    public let store: ParameterStore
    /// What it learns from.
    public let training: PreparedData
    /// What it is scored by, if anything.
    public let evaluation: (any EvaluationSet)?
    /// The run's identity.
    public let id: RunID
    /// SHA-256 of every file that the result depends on, by its role.
    public let digests: [String: Digest]
    /// The family of the backbone.
    public let backboneName: String

    /// Puts the parts together.
    ///
    /// - Throws: `CheckpointError`, `DataError` or `FileError`: what, where, and what to do.
    public init(_ resolved: ResolvedManifest, _ workspace: Workspace) throws {
        let manifest = resolved.manifest
        self.resolved = resolved
        let checkpoint = try Checkpoint(manifest.model.path)
        let config = ModelConfig(checkpoint.config)
        guard let entry = backbones.first(where: { $0.name == config.modelType }),
            let headEntry = heads.first(where: { $0.name == resolved.taskName })
        else { throw CheckpointError(manifest.model.path, .malformed("its model_type has changed while it was read")) }
        let preparation = Preparation(tokenizer: TokenizerFolder(manifest.model.path), cache: workspace.cache)
        let training = try resolved.task.trainingData(resolved.trainingFile, preparation)
        let labels = training.labels
        self.training = training
        evaluation = try resolved.evaluationFile.map {
            try resolved.task.evaluationSet($0, labels: labels, preparation)
        }
        let store = ParameterStore(checkpoint, prefix: entry.prefix, seed: UInt64(manifest.seed))
        let backbone = try entry.make(config, BackboneOptions(manifest.model, headEntry), store)
        let head = try headEntry.make(HeadSite(backbone, labels: labels, config: config), store)
        try store.checkComplete()
        var graph = TunerGraph(entry, backbone, store)
        try resolved.tuner.attach(to: &graph)
        self.store = store
        model = TunedModel(backbone: backbone, head: head, graph: graph)
        backboneName = entry.name

        let vocabulary = max(training.vocabularyCount, evaluation?.data.vocabularyCount ?? 0)
        guard vocabulary <= backbone.vocabularySize else {
            throw CheckpointError(
                manifest.model.path,
                .malformed(
                    "the vocabulary has \(vocabulary) tokens, the model embeds \(backbone.vocabularySize); "
                        + "they belong to different models"))
        }
        digests = try Self.digests(resolved, checkpoint, workspace)
        id = RunID(manifest: resolved.identity, files: digests)
    }

    private static func digests(
        _ resolved: ResolvedManifest, _ checkpoint: Checkpoint, _ workspace: Workspace
    ) throws -> [String: Digest] {
        let (data, folder) = (resolved.manifest.files, checkpoint.path)
        var digests = ["data.train": try workspace.digests.digest(of: data.train)]
        if let eval = data.eval { digests["data.eval"] = try workspace.digests.digest(of: eval) }
        digests["model/config.json"] = try workspace.digests.digest(of: "\(folder)/config.json")
        for file in checkpoint.weightFiles {
            let name = file.split(separator: "/").last.map(String.init) ?? file
            digests["model/\(name)"] = try workspace.digests.digest(of: file)
        }
        digests["tokenizer"] = try TokenizerFolder(folder).digest(workspace.digests)
        return digests
    }

    /// The steps that training takes.
    public var trainingPlan: TrainingPlan {
        TrainingPlan(resolved.manifest.train, exampleCount: training.features.count)
    }
}

extension TunerGraph {
    /// The graph of a backbone before anything is attached.
    init(_ entry: BackboneEntry, _ backbone: any Backbone, _ store: ParameterStore) {
        self.init(
            family: entry.name, attentions: backbone.attentions, sublayers: backbone.sublayers,
            wordEmbeddings: backbone.wordEmbeddings, store: store)
    }
}
