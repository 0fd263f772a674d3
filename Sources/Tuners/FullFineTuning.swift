import Configuration
import NN
import Tensors

/// Full fine-tuning: every weight of the backbone is trained. What all other methods are measured against.
public struct FullFineTuning: Tuner {
    /// The `peft_type` that names it.
    public static let name = "FULL"
    /// What it does.
    public static let help = "Every weight of the model is trained; the yardstick, at full cost."

    /// It has no keys.
    public struct Settings: Config {
        /// The defaults.
        public init() {}

        /// The keys.
        public static let fields: [Field<Self>] = []
    }

    /// The method with these settings.
    public init(_ settings: Settings) {}

    /// Trains every parameter of the backbone, and of a pretrained head.
    public func attach(to graph: inout TunerGraph) throws {
        graph.train { _ in true }
    }

    /// Nothing is added.
    public var startsNeutral: Bool { true }

    /// The trained weights themselves.
    public func merged(in graph: TunerGraph) -> [String: Tensor]? { graph.trainedBackbone }
}
