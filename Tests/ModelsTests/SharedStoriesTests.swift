import Foundation
import Models
import NN
import Tensors
import Testing
import YAML

/// A real language model, which is not part of the project: `PEFTEXP_SHARED` names the folder that holds `models/stories260k`.
@Suite("A real LLaMA", .enabled(if: ProcessInfo.processInfo.environment["PEFTEXP_SHARED"] != nil))
struct SharedStoriesTests {
    @Test("the negative log-likelihood of each token is transformers'", arguments: ["spoken", "read"])
    func likelihood(of text: String) throws {
        let shared = ProcessInfo.processInfo.environment["PEFTEXP_SHARED"] ?? ""
        let file = golden("stories260k.json")
        let node = try JSONText.parse(String(contentsOfFile: file, encoding: .utf8), file: file)
        let ids = try #require(node[text]?.elements).compactMap { $0.integer.map { Int32($0) } }
        let expected = try #require(node["\(text)_losses"]?.elements).compactMap(\.number)
        let head = try #require(heads.first { $0.name == CausalLanguageHead.taskType })
        let loaded = try LoadedModel("\(shared)/models/stories260k", options: BackboneOptions(head))
        let config = ModelConfig(try Checkpoint.config(in: "\(shared)/models/stories260k"))
        let model = TunedModel(
            backbone: loaded.backbone,
            head: try head.make(HeadSite(loaded.backbone, labels: LabelSpace(), config: config), loaded.store),
            graph: loaded.graph)
        try loaded.store.checkComplete()
        #expect(loaded.store.unusedTensors.isEmpty)
        let labels = zip(0..., ids.dropFirst()).map { TokenLabel(position: $0, target: $1) }
        let feature = Feature(inputIDs: ids, tokenTypeIDs: ids.map { _ in 0 }, label: .tokens(labels))
        let losses = model.outputs(Batch([feature]), mode: .evaluation).value.array
        #expect(losses.count == expected.count)
        #expect(zip(losses, expected).allSatisfy { abs(Double($0) - $1) < 1e-4 * (1 + $1) })
        let mean = Double(model.loss(Batch([feature]), mode: .evaluation).value.array[0])
        let reference = expected.reduce(0, +) / Double(expected.count)
        #expect(abs(mean - reference) < 1e-5 * reference)
    }
}
