import Tensors

/// All parameters of one model, each read from a checkpoint by name and shape, or initialised.
///
/// Loading is construction: a layer asks a scope for its parameter; a missing tensor of the backbone or a wrong shape is an
/// error that names it. Nothing is read until a parameter is used, so a model can be described without its weights.
public final class ParameterStore {
    private let checkpoint: Checkpoint?
    /// What stands in front of names here, and what may stand there in files.
    private var prefixes: [(own: String, stored: [String])]
    private let seed: UInt64
    private let precision: Precision
    private var used: Set<String> = []
    private var missing: [String] = []
    /// Every parameter, in the order of declaration.
    public private(set) var parameters: [Parameter] = []
    /// The backbone's linear maps, in the order of declaration.
    public private(set) var linears: [LinearSite] = []

    /// A store that reads `checkpoint`.
    ///
    /// - Parameters:
    ///   - checkpoint: nil to initialise everything.
    ///   - prefix: the name of the bare model in front of its tensors, for example `bert.`; files may leave it out.
    ///   - seed: of the parameters that are initialised.
    ///   - precision: of products with the backbone's frozen weights.
    public init(_ checkpoint: Checkpoint?, prefix: String, seed: UInt64, precision: Precision = .float32) {
        self.precision = precision
        self.checkpoint = checkpoint
        prefixes = prefix.isEmpty ? [] : [(prefix, [""])]
        self.seed = seed
    }

    /// The place named `path` from which layers ask for parameters.
    public func scope(_ path: String, owner: Parameter.Owner) -> ParameterScope {
        ParameterScope(store: self, path: path, owner: owner)
    }

    /// Also looks for tensors whose names begin with `prefix` under names that begin with `other`, or with neither: a family whose
    /// models with different heads name the same tensors differently.
    public func alias(_ prefix: String, _ other: String) {
        prefixes.insert((prefix, [other, ""]), at: 0)
    }

    /// Whether the checkpoint has the tensor named `path`; true when there is no checkpoint and everything is initialised.
    public func has(_ path: String) throws(CheckpointError) -> Bool {
        guard let checkpoint else { return true }
        for name in names(of: path) where try checkpoint.shape(of: name) != nil { return true }
        return false
    }

    /// Tensors of the checkpoint that no layer asked for.
    public var unusedTensors: [String] { (checkpoint?.names ?? []).filter { !used.contains($0) } }

    /// Says which tensors of the backbone the checkpoint lacks; called when the model is complete, so that all are named.
    public func checkComplete() throws(CheckpointError) {
        guard let checkpoint, !missing.isEmpty else { return }
        throw CheckpointError(checkpoint.path, .missingTensors(missing))
    }

    func parameter(
        _ path: String, _ shape: Shape, _ initialization: Initialization, owner: Parameter.Owner
    ) throws(CheckpointError) -> Parameter {
        let parameter: Parameter
        if owner != .tuner, let read = try reader(of: path, shape) {
            parameter = Parameter(
                path: path, shape: shape, owner: owner, precision: precision, isFromCheckpoint: true, start: read)
        } else {
            if owner == .backbone && checkpoint != nil { missing.append(path) }
            let seed = seed
            parameter = Parameter(
                path: path, shape: shape, owner: owner, precision: precision, isFromCheckpoint: false
            ) {
                initialization.tensor(shape, seed: seed, path: path)
            }
        }
        parameters.append(parameter)
        return parameter
    }

    /// Random numbers named `path` under the seed of the parameters that are initialised.
    func randomStream(_ path: String) -> RandomStream { RandomStream(seed: seed, path: path) }

    func declare(_ site: LinearSite) { linears.append(site) }

    /// The names that a checkpoint may have for the tensor named `path`.
    private func names(of path: String) -> [String] {
        guard let known = prefixes.first(where: { path.hasPrefix($0.own) }) else { return [path] }
        return [path] + known.stored.map { $0 + path.dropFirst(known.own.count) }
    }

    private func reader(of path: String, _ shape: Shape) throws(CheckpointError) -> (@Sendable () -> Tensor)? {
        guard let checkpoint else { return nil }
        for name in names(of: path) {
            guard let found = try checkpoint.shape(of: name) else { continue }
            used.insert(name)
            guard found == shape else {
                throw CheckpointError(checkpoint.path, .wrongShape(tensor: name, found: found, needed: shape))
            }
            return try checkpoint.reader(of: name)
        }
        return nil
    }
}

/// A place in the tree of parameter names.
public struct ParameterScope {
    let store: ParameterStore
    /// The name so far.
    public let path: String
    let owner: Parameter.Owner

    /// The place named `name` below this one.
    public subscript(name: String) -> ParameterScope {
        ParameterScope(store: store, path: path.isEmpty ? name : "\(path).\(name)", owner: owner)
    }

    /// The place numbered `index` below this one.
    public subscript(index: Int) -> ParameterScope { self["\(index)"] }

    /// The parameter named `name` here.
    ///
    /// - Throws: when the checkpoint has it in another shape.
    public func parameter(_ name: String, _ shape: Shape, _ initialization: Initialization) throws(CheckpointError)
        -> Parameter
    {
        try store.parameter(self[name].path, shape, initialization, owner: owner)
    }
}
