import Configuration
import Experiment
import Foundation
import Models
import NN
import Tensors
import Testing
import Training
import Tuners
import YAML

/// A file or folder below `Tests/`.
func testsPath(_ name: String, _ here: String = #filePath) -> String {
    URL(filePath: here).deletingLastPathComponent().deletingLastPathComponent().appending(path: name).path
}

/// A recorded run of the reference: transformers and PEFT on a tiny random BERT (see `Tests/Reference/README.md`).
struct ReferenceRun {
    let node: Node
    let tensors: SafeTensors
    let model: TunedModel
    let features: [Feature]

    init(_ name: String) throws {
        let base = testsPath("ExperimentTests/Golden/question-answering/\(name)")
        node = try JSONText.parse(String(contentsOfFile: base + ".json", encoding: .utf8), file: base + ".json")
        tensors = try SafeTensors(base + ".safetensors")
        features = try #require(node["batch"]?.elements).map { sequence in
            func integers(_ key: String) throws -> [Int32] {
                try #require(sequence[key]?.elements).compactMap { $0.integer.map { Int32($0) } }
            }
            return Feature(
                inputIDs: try integers("input_ids"), tokenTypeIDs: try integers("token_type_ids"),
                label: .span(
                    start: try #require(sequence["start"]?.integer), end: try #require(sequence["end"]?.integer)))
        }
        let checkpoint = try Checkpoint(testsPath(try #require(node["checkpoint"]?.string)))
        let store = ParameterStore(checkpoint, prefix: BERT.prefix, seed: 1)
        let backbone = try BERT(ModelConfig(checkpoint.config), options: BackboneOptions(), store: store)
        let head = try QuestionAnsweringHead(
            HeadSite(backbone, labels: LabelSpace(), config: ModelConfig(checkpoint.config)), store: store)
        var graph = TunerGraph(family: BERT.modelType, attentions: backbone.attentions, store: store)
        try Self.tuner(name, node["peft"]).attach(to: &graph)
        for parameter in graph.trained {
            let initial = try #require(try tensors.tensor("initial.\(parameter.path)"), "\(parameter.path)")
            parameter.variable.value = initial
        }
        model = TunedModel(backbone: backbone, head: head, graph: graph)
    }

    /// The method by its section of a manifest, or by the run's name where PEFT has none.
    private static func tuner(_ name: String, _ section: Node?) throws -> any Tuner {
        let type = section?["peft_type"]?.string ?? name.uppercased()
        let entry = try #require(tuners.first { $0.name == type })
        guard let section, case .mapping(let pairs) = section.content else { return entry.make(entry.section.defaults) }
        var diagnostics = Diagnostics()
        let settings = PrefixTuning.Settings(
            Node(.mapping(pairs.filter { $0.key != "peft_type" }), at: section.location), &diagnostics)
        try diagnostics.check()
        return entry.make(settings)
    }

    func numbers(_ key: String) throws -> [Double] { try #require(node[key]?.elements).compactMap(\.number) }
}

@Suite("Parity with transformers and PEFT")
struct ParityTests {
    static let runs = ["prefix", "prefix-projection", "full", "linear"]

    @Test("logits, loss and the gradient of every trained parameter", arguments: runs)
    func gradients(name: String) throws {
        let run = try ReferenceRun(name)
        let batch = Batch(run.features)
        let logits = run.model.outputs(batch, mode: .evaluation).value
        for sequence in 0..<batch.count {
            let rows = logits.rows(batch.offsets[sequence]..<batch.offsets[sequence + 1])
            expectClose(rows, try #require(try run.tensors.tensor("logits.\(sequence)")), 1e-4, "logits \(sequence)")
        }
        let loss = run.model.loss(batch, mode: .evaluation)
        let expected = try #require(run.node["loss"]?.number)
        #expect(abs(Double(loss.value[0, 0]) - expected) < 1e-4 * expected)
        loss.backward()
        #expect(run.node["trainable_parameters"]?.integer == run.model.graph.trained.reduce(0) { $0 + $1.shape.count })
        let expectations = try run.model.graph.trained.map { parameter in
            (parameter, try #require(try run.tensors.tensor("gradient.\(parameter.path)"), "\(parameter.path)"))
        }
        // A key's bias moves all scores of a query alike: its gradient is rounding error, small beside any other.
        let largest = expectations.flatMap { $0.1.array.map { abs($0) } }.max() ?? 0
        for (parameter, expected) in expectations {
            let gradient = try #require(parameter.variable.gradient, "\(parameter.path)")
            expectClose(gradient, expected, 1e-3, parameter.path, negligible: 1e-5 * largest)
        }
    }

    @Test("the losses of ten training steps", arguments: runs)
    func tenLosses(name: String) throws {
        let run = try ReferenceRun(name)
        let optimizer = try #require(run.node["optimizer"])
        var settings = TrainSettings()
        settings.maxSteps = 10
        settings.batchSize = run.features.count
        settings.learningRate = try #require(optimizer["learning_rate"]?.number)
        settings.weightDecay = try #require(optimizer["weight_decay"]?.number)
        let losses = try Trainer(
            TrainedModel(model: run.model), features: run.features, settings: settings, seed: 1
        ).run().losses
        let expected = try run.numbers("losses")
        #expect(losses.count == 10)
        for (step, (loss, reference)) in zip(losses, expected).enumerated() {
            #expect(abs(loss - reference) < 1e-4 * reference, "step \(step + 1): \(loss), reference \(reference)")
        }
    }
}
