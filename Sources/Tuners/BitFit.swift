import Configuration
import NN
import Tensors

/// BitFit: of the pretrained model only the biases are trained.
///
///     y = x Wᵀ + b        `b` is trained, and so is the shift of every normalisation; `W` is not
///
/// Nothing is added to the model, so an untrained BitFit is the model itself, and a trained one a checkpoint of the same shapes.
/// Ben Zaken et al., 2021, <https://arxiv.org/abs/2106.10199>.
public struct BitFit: Tuner {
    /// The `peft_type` that names it.
    public static let name = "BITFIT"
    /// What it does.
    public static let help = "Only the biases of the model are trained, and the head."

    /// Which biases.
    public struct Settings: Config {
        /// The names of the modules whose biases are trained; nil for all.
        public var biasTerms: [String]?

        /// The defaults.
        public init() {}

        /// The keys.
        public static let fields: [Field<Self>] = [
            .texts(
                "bias_terms", \.biasTerms,
                "Modules whose biases are trained, by the ends of their names ([query, intermediate.dense]); all unless given."
            )
        ]
    }

    private let settings: Settings

    /// The method with these settings.
    public init(_ settings: Settings) {
        self.settings = settings
    }

    /// Nothing is added.
    public var startsNeutral: Bool { true }

    /// Trains the biases.
    public func attach(to graph: inout TunerGraph) throws {
        guard graph.parameters.contains(where: { $0.owner == .backbone && $0.biasedModule != nil }) else {
            throw AttachmentError(
                nil, "a model of type '\(graph.family)' has no biases here; LORA and IA3 train few parameters too")
        }
        guard let terms = settings.biasTerms else {
            graph.train { $0.biasedModule != nil }
            return
        }
        let modules = graph.parameters.compactMap(\.biasedModule)
        for term in terms where !modules.contains(where: { Self.matches($0, term) }) {
            let names = modules.flatMap(Self.ends)
            let near = Suggestion.nearest(to: term, among: names).map { "; did you mean '\($0)'?" } ?? ""
            throw AttachmentError("bias_terms", "'\(term)' matches no module of this model that has a bias\(near)")
        }
        graph.train { parameter in
            parameter.biasedModule.map { module in terms.contains { Self.matches(module, $0) } } ?? false
        }
    }

    /// The biases, which are part of the checkpoint.
    public func merged(in graph: TunerGraph) -> [String: Tensor]? { graph.trainedBackbone }

    private static func matches(_ module: String, _ term: String) -> Bool {
        module == term || module.hasSuffix("." + term)
    }

    /// The last part of a module's name, and the last two.
    private static func ends(_ module: String) -> [String] {
        let parts = module.split(separator: ".")
        return [parts.suffix(1), parts.suffix(2)].map { $0.joined(separator: ".") }
    }
}

extension Parameter {
    /// The module that this is the bias of, for the backbone's and the head's biases.
    fileprivate var biasedModule: String? {
        owner != .tuner && path.hasSuffix(".bias") ? String(path.dropLast(".bias".count)) : nil
    }
}

extension TunerGraph {
    /// The values of the backbone's parameters that are trained, by their names.
    var trainedBackbone: [String: Tensor] {
        let own = trained.filter { $0.owner == .backbone }
        return Dictionary(own.map { ($0.path, $0.variable.value) }) { first, _ in first }
    }
}
