import Configuration
import NN
import Tensors
import Testing
import YAML

@testable import Generation

/// What transformers and PEFT generate, token for token.
@Suite("Generated texts are the reference's")
struct GoldenTextTests {
    /// A text, or several, that the reference generated.
    struct Case: CustomTestStringConvertible, Sendable {
        let node: Node
        var cell: String { node["cell"]?.string ?? "" }
        var testDescription: String {
            "\(cell) \(JSON(node["settings"] ?? node).compactText) after \(node["prompt"]?.elements?.count ?? 0)"
        }
    }

    static let cases: [Case] = (try? golden("texts.json"))?["texts"]?.elements?.map(Case.init) ?? []

    private func ids(_ node: Node) -> [Int32] { node.elements?.compactMap { $0.integer.map { Int32($0) } } ?? [] }

    @Test("with beams, rules and methods", arguments: cases)
    func texts(given: Case) throws {
        var diagnostics = Diagnostics()
        var settings = GenerationSettings(try #require(given.node["settings"]), &diagnostics)
        try diagnostics.check()
        settings.maxNewTokens = 20
        let generator = try Generator(try GenerationModel(cell: given.cell).model, settings)
        let start = ids(try #require(given.node["prompt"]))
        let texts = try generator.generate([prompt(start)], seed: 0)[0]
        #expect(texts.map(\.tokens) == given.node["texts"]?.elements?.map(ids))
    }

    @Test("of every family, some with LoRA, a prefix and virtual tokens, greedily and with beams")
    func coverage() {
        for family in ["gpt2", "llama", "mistral", "qwen2", "bloom"] {
            for method in ["FULL", "LORA", "PREFIX_TUNING", "PROMPT_TUNING"] {
                let name = "\(family)-CAUSAL_LM-\(method)"
                let found = Self.cases.filter { $0.cell == name }
                let isExpected = ["gpt2", "llama", "bloom"].contains(family) || method == "LORA"
                #expect(!isExpected || !found.isEmpty, "\(name)")
                #expect(!isExpected || found.contains { $0.node["settings"]?["num_beams"] != nil }, "\(name)")
            }
        }
        for name in ["t5-SEQ_2_SEQ_LM-FULL", "t5-gated-SEQ_2_SEQ_LM-LORA", "mt5-SEQ_2_SEQ_LM-FULL"] {
            #expect(Self.cases.contains { $0.cell == name && $0.node["settings"]?["num_beams"] != nil }, "\(name)")
        }
    }
}
