import Configuration
import NN
import Tensors

/// A linear probe: the head alone is trained on the frozen backbone's hidden states.
public struct LinearProbe: Tuner {
    public static let name = "LINEAR"
    public static let help = "Only the head is trained; what the frozen model already knows."

    /// It has no keys.
    public struct Settings: Config {
        public init() {}
        public static let fields: [Field<Self>] = []
    }

    public init(_ settings: Settings) {}

    public func attach(to graph: inout TunerGraph) throws(CheckpointError) {
        graph.train { _ in false }
    }
}
