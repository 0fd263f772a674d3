import Configuration
import NN
import Tensors

/// What a bottleneck adapter computes: the settings, with the named configuration's values where none are given.
struct BottleneckForm {
    /// Where the adapter's residual comes from.
    enum Residual {
        /// The sub-layer's output.
        case beforeSum
        /// The sum of that and the model's residual.
        case afterSum
        /// What the adapter works on.
        case input
    }

    let followsAttention: Bool
    let followsFeedForward: Bool
    let reduction: Either<Double, ValuesByName<Double>>
    let nonLinearity: Bottleneck.NonLinearity
    let hasOriginalNormBefore: Bool
    let hasOriginalNormAfter: Bool
    let hasNormBefore: Bool
    let hasNormAfter: Bool
    let residual: Residual
    let addsResidualBeforeNorm: Bool
    let isParallel: Bool
    let scaling: Either<Double, Bottleneck.LearnedScaling>
    let start: Bottleneck.Start
    let dropout: Float

    init(_ settings: Bottleneck.Settings) {
        let isParallel = settings.preset.isParallel
        followsAttention = settings.followsAttention ?? settings.preset.isDouble
        followsFeedForward = settings.followsFeedForward ?? true
        reduction = settings.reductionFactor ?? .first(isParallel ? 2 : 16)
        nonLinearity = settings.nonLinearity ?? (settings.preset.isDouble ? .swish : .relu)
        hasOriginalNormBefore = settings.hasOriginalNormBefore ?? !(isParallel || settings.preset.isDouble)
        hasOriginalNormAfter = settings.hasOriginalNormAfter
        hasNormBefore = settings.hasNormBefore
        hasNormAfter = settings.hasNormAfter
        residual =
            switch settings.residual {
            case .first(true): .beforeSum
            case .first(false): .input
            case .second(.afterSum): hasOriginalNormBefore ? .afterSum : .input
            }
        addsResidualBeforeNorm = settings.addsResidualBeforeNorm
        self.isParallel = settings.isParallel ?? isParallel
        scaling = settings.scaling ?? settings.preset.scaling
        start = settings.start ?? (isParallel ? .mam : .bert)
        dropout = Float(settings.dropout)
    }

    /// Whether an adapter whose upper map is zero leaves the model as it was.
    var startsNeutral: Bool {
        guard start == .mam else { return false }
        if isParallel { return hasOriginalNormAfter }
        if hasNormAfter && addsResidualBeforeNorm { return false }
        if !hasOriginalNormBefore { return hasOriginalNormAfter }
        return switch residual {
        case .beforeSum: hasOriginalNormAfter
        case .input: !hasOriginalNormAfter
        case .afterSum: false
        }
    }

    /// The width of the bottleneck in a layer of width `hidden`.
    func width(hidden: Int, layer: Int) throws -> Int {
        let factor: Double
        switch reduction {
        case .first(let all): factor = all
        case .second(let byLayer):
            guard let own = byLayer["\(layer)"] ?? byLayer["default"] else {
                throw AttachmentError(
                    "reduction_factor",
                    "there is none for layer \(layer); name it, or give 'default: 16' for the others")
            }
            factor = own
        }
        let width = (Double(hidden) / factor).rounded(.down)
        guard width <= Double(Self.largestWidth) else {
            throw AttachmentError(
                "reduction_factor",
                "\(factor) makes a bottleneck of \(width) for a model of \(hidden); use a larger one")
        }
        return max(1, Int(width))
    }

    private static let largestWidth = 1 << 20
}

extension Bottleneck.Preset {
    fileprivate var isDouble: Bool { self == .doubleSequential || self == .houlsby }

    fileprivate var isParallel: Bool {
        switch self {
        case .parallel, .scaledParallel, .he, .scaledHe: true
        case .sequential, .doubleSequential, .pfeiffer, .houlsby: false
        }
    }

    fileprivate var scaling: Either<Double, Bottleneck.LearnedScaling> {
        switch self {
        case .parallel, .he: .first(4)
        case .scaledParallel, .scaledHe: .second(.learned)
        case .sequential, .doubleSequential, .pfeiffer, .houlsby: .first(1)
        }
    }
}

extension Bottleneck.NonLinearity {
    /// The function.
    var activation: Activation {
        switch self {
        case .relu: .relu
        case .gelu: .gelu
        case .geluNew: .geluTanh
        case .swish, .silu: .silu
        case .tanh: .tanh
        case .sigmoid: .sigmoid
        case .linear: .identity
        }
    }
}
