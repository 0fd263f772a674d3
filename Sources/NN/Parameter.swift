import Autograd
import Tensors

/// How a parameter starts when the checkpoint does not have it.
public enum Initialization: Hashable, Sendable {
    /// All zero.
    case zeros
    /// All one.
    case ones
    /// Normal, mean 0.
    case normal(deviation: Double)
    /// Normal, mean 0, without what lies beyond two deviations.
    case truncatedNormal(deviation: Double)
    /// Uniform between `-bound` and `bound`.
    case uniform(bound: Double)

    /// PyTorch's start of a linear map of this many inputs, for its weight and its bias.
    public static func linear(inputs: Int) -> Initialization {
        .uniform(bound: 1 / Double(max(1, inputs)).squareRoot())
    }

    /// The values of the parameter named `path`, a function of the seed and the name alone.
    func tensor(_ shape: Shape, seed: UInt64, path: String) -> Tensor {
        if Rehearsal.isRunning { return .zeros(shape) }
        var stream = RandomStream(seed: seed, path: path)
        switch self {
        case .zeros: return .zeros(shape)
        case .ones: return Tensor(shape, repeating: 1)
        case .normal(let deviation):
            return Self.tensor(shape) { Float(deviation * stream.normal()) }
        case .truncatedNormal(let deviation):
            return Self.tensor(shape) {
                var deviate = stream.normal()
                while abs(deviate) > 2 { deviate = stream.normal() }
                return Float(deviation * deviate)
            }
        case .uniform(let bound):
            return Self.tensor(shape) { Float((2 * stream.uniform() - 1) * bound) }
        }
    }

    private static func tensor(_ shape: Shape, _ next: () -> Float) -> Tensor {
        var tensor = Tensor.zeros(shape)
        tensor.withMutableSpan { elements in
            for index in elements.indices { elements[index] = next() }
        }
        return tensor
    }
}

/// The precision of products with frozen weights; what is trained, and sums, are always in float32.
public enum Precision: String, CaseIterable, Sendable {
    /// By OpenBLAS, with weights as the checkpoint's file has them.
    case float32
    /// By oneDNN, with weights rounded and laid out for the machine's matrix unit.
    case bfloat16
}

/// A named tensor of the model: known by name and shape from the start, read or made when it is first used.
public final class Parameter {
    /// Whose it is, which decides what a method may train.
    public enum Owner: Hashable, Sendable {
        case backbone, head, tuner
    }

    /// The name in a checkpoint, for example `bert.encoder.layer.0.output.dense.weight`.
    public let path: String
    /// The lengths of its axes.
    public let shape: Shape
    /// Whose it is.
    public let owner: Owner
    /// Whether it is trained; decided before its first use.
    public var isTrained: Bool {
        didSet { precondition(made == nil, "\(path): trained or frozen is decided before the first use") }
    }
    /// The precision of products with it while it is frozen.
    public let precision: Precision
    /// Whether its values stand in the checkpoint.
    public let isFromCheckpoint: Bool
    /// Whether it scales or shifts a normalisation.
    public internal(set) var belongsToNorm = false
    /// Whether the values it starts from are to be kept; decided before the first use.
    public var keepsStart = false
    /// The values it started from, if they are kept and it has been used.
    public private(set) var kept: Tensor?
    private var start: () -> Tensor
    private var restored: Tensor?
    private var made: Variable?

    init(
        path: String, shape: Shape, owner: Owner, precision: Precision = .float32, isFromCheckpoint: Bool,
        start: @escaping () -> Tensor
    ) {
        self.precision = precision
        self.path = path
        self.shape = shape
        self.owner = owner
        self.isFromCheckpoint = isFromCheckpoint
        self.start = start
        isTrained = owner != .backbone
    }

    /// Changes the values it starts from, as a method does whose own parameters start with a part of them; before the first use.
    ///
    /// - Parameter change: from the start so far to another of the same shape; called when the parameter is first used.
    public func adjustStart(_ change: @escaping (Tensor) -> Tensor) {
        precondition(made == nil, "\(path): its start is adjusted before the first use")
        let before = start
        start = { change(before()) }
    }

    /// Gives it values that were saved of it; what it would have started from is still what is kept. Before the first use.
    public func restore(_ value: Tensor) {
        precondition(made == nil, "\(path): its values are restored before the first use")
        precondition(value.shape == shape, "restore: \(path) is \(shape), not \(value.shape)")
        restored = value
    }

    /// The variable that computations use.
    public var variable: Variable {
        if let made { return made }
        if keepsStart { kept = start() }
        let value = restored ?? kept ?? start()
        let isPacked = precision == .bfloat16 && !isTrained && owner == .backbone && shape.rank == 2
        let variable = Variable(
            parameter: value, isTrained: isTrained, packed: isPacked ? PackedMatrix(value) : nil)
        made = variable
        return variable
    }

    /// Whether weight decay leaves it alone: biases and the parameters of normalisations, as in Hugging Face's trainer.
    public var isExemptFromDecay: Bool {
        belongsToNorm || path.contains("bias") || path.lowercased().contains("layernorm")
    }
}
