import Results
import YAML

/// What a run has done so far besides training, over all its attempts; it goes into each checkpoint.
struct RunTotals: Equatable {
    /// How often the model was scored.
    var evaluationCount = 0
    /// How long that took.
    var evaluationSeconds = 0.0
    /// How long computing took what is kept of frozen layers.
    var activationSeconds = 0.0
    /// Floating-point operations of products.
    var operations = 0
    /// The most memory that a process held.
    var peakResidentBytes: Int?

    /// Takes note of the memory of this process.
    mutating func measureMemory() {
        if let bytes = ProcessMemory.peakResidentBytes() { peakResidentBytes = max(bytes, peakResidentBytes ?? 0) }
    }

    var json: JSON {
        .object([
            "evaluations": .integer(evaluationCount), "evaluation_seconds": .number(evaluationSeconds),
            "activation_seconds": .number(activationSeconds),
            "operations": .integer(operations), "peak_rss_bytes": peakResidentBytes.map(JSON.integer) ?? .null,
        ])
    }
}

extension RunTotals {
    /// What was written down; a figure that is not there has not been measured.
    init(_ node: Node) {
        evaluationCount = node["evaluations"]?.integer ?? 0
        evaluationSeconds = node["evaluation_seconds"]?.number ?? 0
        activationSeconds = node["activation_seconds"]?.number ?? 0
        operations = node["operations"]?.integer ?? 0
        peakResidentBytes = node["peak_rss_bytes"]?.integer
    }
}
