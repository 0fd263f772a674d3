import Autograd
import Foundation
import Models
import NN
import Tensors
import Testing
import YAML

/// A backbone from a golden checkpoint, by its `model_type`, with some of its configuration replaced.
struct LoadedModel {
    let backbone: any Backbone
    let graph: TunerGraph
    let store: ParameterStore

    init(
        _ checkpoint: String, _ changes: [(String, Node)] = [], options: BackboneOptions = BackboneOptions(),
        prefix: Tensor? = nil
    ) throws {
        let files = try Checkpoint(checkpoint)
        let config = ModelConfig(changes.reduce(files.config) { Self.replacing($0, $1.0, $1.1) })
        let entry = try #require(backbones.first { $0.name == config.modelType })
        store = ParameterStore(files, prefix: entry.prefix, seed: 1)
        backbone = try entry.make(config, options, store)
        var graph = TunerGraph(
            family: entry.name, attentions: backbone.attentions, store: store)
        if let prefix {
            let sites = graph.attentions
            try graph.attachPrefix(length: prefix.shape.rows, dropout: 0, products: AddedProducts()) { _ in
                var start = 0
                return sites.map { site in
                    defer { start += 2 * site.keyWidth }
                    func part(_ first: Int) -> Variable {
                        Variable(Kernels.columns(prefix, first..<first + site.keyWidth))
                    }
                    return KeyValuePrefix(key: part(start), value: part(start + site.keyWidth))
                }
            }
        }
        self.graph = graph
    }

    /// The changes written as JSON.
    init(_ checkpoint: String, changing text: String, options: BackboneOptions = BackboneOptions()) throws {
        let node = try JSONText.parse(text, file: "changes.json")
        guard case .mapping(let pairs) = node.content else { preconditionFailure("changes are no object: \(text)") }
        try self.init(checkpoint, pairs.map { ($0.key, $0.value) }, options: options)
    }

    /// The hidden states of the tokens of all features that are read, without dropout.
    func states(_ features: [Feature], reading: Reading = .everyToken) -> Tensor {
        backbone.hiddenStates(Batch(features), reading: reading, ForwardPass(graph, mode: .evaluation)).value
    }

    private static func replacing(_ config: Node, _ key: String, _ value: Node) -> Node {
        guard case .mapping(var pairs) = config.content else { return config }
        if let index = pairs.firstIndex(where: { $0.key == key }) {
            pairs[index].value = value
        } else if let some = pairs.first {
            pairs.append(Node.Pair(key: key, at: some.keyLocation, value: value))
        }
        var changed = config
        changed.content = .mapping(pairs)
        return changed
    }
}

/// The sequences in a golden `batch.json`, without labels.
func goldenSequences(_ file: String) throws -> [Feature] {
    let node = try JSONText.parse(String(contentsOfFile: file, encoding: .utf8), file: file)
    return try #require(node["batch"]?.elements).map { sequence in
        func integers(_ key: String) throws -> [Int32] {
            try #require(sequence[key]?.elements).compactMap { $0.integer.map { Int32($0) } }
        }
        return Feature(inputIDs: try integers("input_ids"), tokenTypeIDs: try integers("token_type_ids"))
    }
}

/// The variants of a configuration in a golden `batch.json`, by their names.
func goldenVariants(_ file: String) throws -> [(name: String, changes: [(String, Node)])] {
    let node = try JSONText.parse(String(contentsOfFile: file, encoding: .utf8), file: file)
    guard case .mapping(let variants)? = node["variants"]?.content else { return [] }
    return variants.map { variant in
        guard case .mapping(let pairs) = variant.value.content else { return (variant.key, []) }
        return (variant.key, pairs.map { ($0.key, $0.value) })
    }
}
