import Configuration
import NN
import Tensors

/// Full fine-tuning: every weight of the backbone is trained. What all other methods are measured against.
public struct FullFineTuning: Tuner {
    public static let name = "FULL"
    public static let help = "Every weight of the model is trained; the yardstick, at full cost."

    /// It has no keys.
    public struct Settings: Config {
        public init() {}
        public static let fields: [Field<Self>] = []
    }

    public init(_ settings: Settings) {}

    public func attach(to graph: inout TunerGraph) throws(CheckpointError) {
        graph.train { _ in true }
    }
}
