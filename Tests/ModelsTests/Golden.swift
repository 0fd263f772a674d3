import Foundation
import Models
import NN
import Tensors
import Testing
import YAML

/// The folder of golden files beside these tests.
func golden(_ name: String, _ here: String = #filePath) -> String {
    URL(filePath: here).deletingLastPathComponent().appending(path: "Golden/\(name)").path
}

/// Equal but for a share `tolerance` of each value and of the largest one.
func expectClose(
    _ actual: Tensor, _ expected: Tensor, _ tolerance: Float = 1e-4, _ what: String = "",
    at place: Testing.SourceLocation = #_sourceLocation
) {
    #expect(actual.shape == expected.shape, "\(what)", sourceLocation: place)
    let scale = expected.array.map { abs($0) }.max() ?? 0
    let worst = zip(actual.array, expected.array).map { abs($0 - $1) - tolerance * (abs($1) + scale) }.max() ?? 0
    #expect(worst <= 0, "\(what): off by \(worst) beyond the tolerance, largest value \(scale)", sourceLocation: place)
}

/// The batch of golden sequences, as `bert_golden.py` made it.
func goldenFeatures(_ file: String) throws -> [Feature] {
    let node = try JSONText.parse(String(contentsOfFile: file, encoding: .utf8), file: file)
    return try #require(node["batch"]?.elements).map { sequence in
        func integers(_ key: String) throws -> [Int32] {
            try #require(sequence[key]?.elements).compactMap { $0.integer.map { Int32($0) } }
        }
        return Feature(
            inputIDs: try integers("input_ids"), tokenTypeIDs: try integers("token_type_ids"),
            label: .span(
                start: try #require(sequence["start"]?.integer), end: try #require(sequence["end"]?.integer)))
    }
}

/// BERT from a golden checkpoint, everything frozen unless `trainsAll`.
struct LoadedBERT {
    let backbone: BERT
    let graph: TunerGraph
    let store: ParameterStore

    init(_ checkpoint: String, config: Node? = nil, trainsAll: Bool = false) throws {
        let checkpoint = try Checkpoint(checkpoint)
        store = ParameterStore(checkpoint, prefix: BERT.prefix, seed: 1)
        backbone = try BERT(ModelConfig(config ?? checkpoint.config), options: BackboneOptions(), store: store)
        graph = TunerGraph(attentions: backbone.attentions, store: store)
        graph.train { _ in trainsAll }
    }
}
