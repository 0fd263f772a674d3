import Files
import Models
import NN
import Results
import Tasks
import Tensors
import Training

/// What of a run is computed once for each example and kept, decided before anything is computed.
///
/// A data set's activations are kept when its examples are read more than once, or on disk where later runs will read them, and when
/// they fit.
public struct ActivationPlan: Sendable {
    /// The activations of one data set.
    public struct Use: Hashable, Sendable {
        /// Where they are kept; nil where they are not.
        public var place: ActivationUse.Place?
        /// Why they are not kept.
        public var reason: String?
        /// Their rows and bytes, also of those that do not fit.
        public var rows = 0, bytes = 0
        /// Whether they lie in the cache already, as far as that is known without reading them.
        public var isStored = false

        static func not(_ reason: String) -> Use { Use(place: nil, reason: reason) }
    }

    /// The part of the model that is frozen.
    public let part: FrozenPart
    /// Those that training reads, and those that each evaluation reads.
    public private(set) var training: Use, evaluation: Use?
    /// Where they lie on disk.
    let trainingFile: ActivationFile?, evaluationFile: ActivationFile?

    /// How far up what is kept of a data set is computed; nil where nothing is.
    func depth(of use: Use?) -> FrozenDepth? { use?.place == nil ? nil : part.depth }

    /// The decision for what was put together.
    ///
    /// - Parameters:
    ///   - steps: of the training.
    ///   - digests: of the files that the result depends on.
    ///   - free: bytes of memory that may be taken.
    init(
        _ model: TunedModel, _ manifest: Manifest, _ training: PreparedData, _ evaluation: PreparedData?,
        steps: TrainingPlan, digests: [String: Digest], _ workspace: Workspace,
        free: Int? = FreeMemory.bytes()
    ) {
        part = model.frozenPart
        let settings = manifest.train.activations
        guard settings.place != .off, let depth = part.depth else {
            let reason =
                settings.place == .off
                ? "train.activation_cache is off" : part.refusal ?? "the model has one layer only"
            self.training = .not(reason)
            self.evaluation = evaluation.map { _ in .not(reason) }
            (trainingFile, evaluationFile) = (nil, nil)
            return
        }
        let reads = Reads(manifest, steps)
        let budget = Budget(settings, workspace, free: free)
        let key = ActivationKey(model, depth, dtype: manifest.model.dtype.rawValue, digests)
        var left = settings.bytes
        func use(_ data: PreparedData, reads: Double, isOnce: String) -> (Use, ActivationFile?) {
            var use = Use()
            for feature in data.features { use.rows += depth.rows(of: feature, model.head.reading) }
            use.bytes = use.rows * model.backbone.hiddenSize * ActivationTable.bytesPerElement
            let cache = reads >= 1 ? budget.disk(bytes: use.bytes) : nil
            let file = cache.map { ActivationFile($0, key.digest(of: data.features)) }
            use.isStored = file?.exists ?? false
            (use.place, use.reason) = budget.place(use, reads: reads, hasFile: file != nil, left: left, isOnce: isOnce)
            if use.place != nil { left -= use.bytes }
            return (use, use.place == .disk ? file : nil)
        }
        if let obstacle = Self.obstacle(model, training) {
            (self.training, trainingFile) = (.not(obstacle), nil)
        } else {
            (self.training, trainingFile) = use(training, reads: reads.training, isOnce: "no example is read twice")
        }
        let scored = evaluation.map { use($0, reads: Double(reads.evaluations), isOnce: "the model is scored once") }
        (self.evaluation, evaluationFile) = (scored?.0, scored?.1)
    }

    /// Why what training reads is not the same in each epoch; nil where it is.
    private static func obstacle(_ model: TunedModel, _ data: PreparedData) -> String? {
        if data.masking != nil { return "tokens are hidden anew in each epoch" }
        let rates = model.backbone.dropoutRates
        guard model.dropsFrozenPart, rates.embeddings > 0 || rates.layers > 0 else { return nil }
        return "dropout is on \(model.frozenPart.words), and 'model.frozen_dropout: false' leaves it out"
    }

    /// The bytes of all that is kept.
    public var bytes: Int { [training, evaluation].compactMap { $0?.place == nil ? nil : $0?.bytes }.reduce(0, +) }

    /// Whether anything is to be computed and kept.
    var isComputed: Bool { [training, evaluation].contains { $0?.place != nil && $0?.isStored == false } }

    /// How often a run reads each example.
    private struct Reads {
        let training: Double
        let evaluations: Int

        init(_ manifest: Manifest, _ steps: TrainingPlan) {
            training = steps.epochs(after: steps.totalSteps)
            let between =
                switch manifest.train.evaluationStrategy {
                case .no: steps.totalSteps
                case .epoch: steps.stepsPerEpoch
                case .steps: manifest.train.evaluationSteps ?? steps.totalSteps
                }
            evaluations = max(1, (steps.totalSteps + max(1, between) - 1) / max(1, between))
        }
    }

    /// What may be taken, and where.
    private struct Budget {
        let settings: ActivationSettings
        let isShared: Bool
        let cache: CacheDirectory?
        let free: Int?

        init(_ settings: ActivationSettings, _ workspace: Workspace, free: Int?) {
            self.settings = settings
            isShared = workspace.isShared
            cache = workspace.cache
            self.free = free
        }

        /// Whether so many bytes may lie in memory.
        func fits(_ bytes: Int) -> Bool { free.map { bytes <= $0 / 2 } ?? true }

        /// Where a file of so many bytes may be, or be made; nil where nothing is to be looked for.
        func disk(bytes: Int) -> CacheDirectory? {
            guard let cache else { return nil }
            let isWanted =
                switch settings.place {
                case .off, .memory: false
                case .disk: true
                case .auto: isShared || !fits(bytes) || ActivationFile.hasAny(in: cache)
                }
            return isWanted ? cache : nil
        }

        /// - Parameters:
        ///   - left: bytes of what may be taken.
        ///   - isOnce: what is said where nothing is read again.
        func place(
            _ use: Use, reads: Double, hasFile: Bool, left: Int, isOnce: String
        ) -> (ActivationUse.Place?, String?) {
            guard use.bytes <= left, use.rows <= Int(Int32.max) else {
                let limit = "train.activation_cache_gb leaves \(FigureText.bytes(max(0, left)))"
                return (nil, "\(FigureText.bytes(use.bytes)) are needed and \(limit)")
            }
            // Who reads it once and keeps it on disk does so for others.
            let isForOthers = hasFile && (settings.place == .disk || isShared)
            guard reads > 1 || isForOthers || use.isStored && reads == 1 else { return (nil, isOnce) }
            if settings.place == .disk { return hasFile ? (.disk, nil) : (nil, "there is no folder for the cache") }
            if settings.place == .memory { return (.memory, nil) }
            if hasFile, isShared || use.isStored || !fits(use.bytes) { return (.disk, nil) }
            return fits(use.bytes)
                ? (.memory, nil) : (nil, "\(FigureText.bytes(use.bytes)) are more than half of the free memory")
        }
    }
}

extension FrozenPart {
    /// Where it is, for a sentence.
    var words: String {
        layer < layerCount ? "below layer \(layer) of \(layerCount)" : "in all \(layerCount) layers below the head"
    }
}
