import Configuration
import NN
import Tensors

/// A linear probe: the head alone is trained on the frozen backbone's hidden states.
public struct LinearProbe: Tuner {
    /// The `peft_type` that names it.
    public static let name = "LINEAR"
    /// What it does.
    public static let help = "Only the head is trained; what the frozen model already knows."

    /// It has no keys.
    public struct Settings: Config {
        /// The defaults.
        public init() {}

        /// The keys.
        public static let fields: [Field<Self>] = []
    }

    /// The method with these settings.
    public init(_ settings: Settings) {}

    /// Attaches nothing: without a method no parameter of the backbone is trained.
    public func attach(to graph: inout TunerGraph) throws {}

    /// Nothing is added.
    public var startsNeutral: Bool { true }

    /// The backbone stays as it is.
    public func merged(in graph: TunerGraph) -> [String: Tensor]? { [:] }
}
