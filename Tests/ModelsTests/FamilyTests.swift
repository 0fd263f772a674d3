import Models
import NN
import Tensors
import Testing
import YAML

/// A family of models with golden hidden states of its last layer.
struct Family: CustomTestStringConvertible, Sendable {
    let checkpoint: String, states: String
    var testDescription: String { checkpoint }

    static let all = [
        Family(checkpoint: "tiny-roberta", states: "roberta-encoder"),
        Family(checkpoint: "tiny-llama", states: "llama-encoder"),
        Family(checkpoint: "tiny-bloom", states: "bloom-encoder"),
    ]
}

@Suite("RoBERTa, LLaMA's family and BLOOM")
struct FamilyTests {
    @Test("hidden states agree with transformers, for each configuration", arguments: Family.all)
    func hiddenStates(family: Family) throws {
        let features = try goldenSequences(golden("\(family.states)/batch.json"))
        let expected = try SafeTensors(golden("\(family.states)/states.safetensors"))
        let variants = try goldenVariants(golden("\(family.states)/batch.json"))
        for (name, changes) in variants.isEmpty ? [("hidden_states", [])] : variants {
            let states = try LoadedModel(golden(family.checkpoint), changes).states(features)
            let offsets = Batch(features).offsets
            for index in features.indices {
                expectClose(
                    states.rows(offsets[index]..<offsets[index + 1]),
                    try #require(try expected.tensor("\(name).\(index)")), 2e-5, "\(name), sequence \(index)")
            }
        }
    }

    @Test("behind a prefix they agree with PEFT, positions or distances shifted", arguments: Family.all)
    func prefixed(family: Family) throws {
        let features = try goldenSequences(golden("\(family.states)/batch.json"))
        let expected = try SafeTensors(golden("\(family.states)/states.safetensors"))
        let prefix = try #require(try expected.tensor("prompt_encoder.embedding.weight"))
        let model = try LoadedModel(golden(family.checkpoint), prefix: prefix)
        let name = family.checkpoint == "tiny-roberta" ? "prefixed.hidden_states" : "prefixed"
        for (index, feature) in features.enumerated() {
            expectClose(
                model.states([feature]), try #require(try expected.tensor("\(name).\(index)")), 2e-5, "\(index)")
        }
    }

    @Test("reading the first or the last token gives the rows that reading all gives", arguments: Family.all)
    func onlyWhatIsRead(family: Family) throws {
        let features = try goldenSequences(golden("\(family.states)/batch.json"))
        let (model, batch) = (try LoadedModel(golden(family.checkpoint)), Batch(features))
        let all = model.states(features)
        let first = batch.offsets.dropLast().map { Int32($0) }
        let last = batch.offsets.dropFirst().map { Int32($0 - 1) }
        expectClose(model.states(features, reading: .firstToken), Kernels.gather(all, first), 1e-5)
        expectClose(model.states(features, reading: .lastToken), Kernels.gather(all, last), 1e-5)
    }

    @Test("a decoder's token does not see what follows it", arguments: ["tiny-llama", "tiny-mistral", "tiny-bloom"])
    func causal(checkpoint: String) throws {
        let model = try LoadedModel(golden(checkpoint))
        let ids: [Int32] = [3, 14, 15, 9, 26, 5, 35]
        func states(_ ids: [Int32]) -> Tensor {
            model.states([Feature(inputIDs: ids, tokenTypeIDs: ids.map { _ in 0 })])
        }
        expectClose(states(Array(ids.prefix(4))), states(ids).rows(0..<4), 1e-5)
    }

    @Test(
        "transformers' class of each model with each head",
        arguments: [
            ("tiny-bert", ["BertForMaskedLM", "BertForSequenceClassification", "BertForTokenClassification"]),
            ("tiny-gpt2", ["GPT2LMHeadModel", "GPT2ForSequenceClassification", "GPT2ForTokenClassification"]),
            (
                "tiny-roberta",
                ["RobertaForMaskedLM", "RobertaForSequenceClassification", "RobertaForTokenClassification"]
            ),
            ("tiny-llama", ["LlamaForCausalLM", "LlamaForSequenceClassification", "LlamaForTokenClassification"]),
            (
                "tiny-mistral",
                ["MistralForCausalLM", "MistralForSequenceClassification", "MistralForTokenClassification"]
            ),
            ("tiny-qwen2", ["Qwen2ForCausalLM", "Qwen2ForSequenceClassification", "Qwen2ForTokenClassification"]),
            ("tiny-bloom", ["BloomForCausalLM", "BloomForSequenceClassification", "BloomForTokenClassification"]),
        ])
    func classNames(checkpoint: String, expected: [String]) throws {
        let backbone = try LoadedModel(golden(checkpoint)).backbone
        let types: [any Head.Type] = [
            backbone.isCausal ? CausalLanguageHead.self : MaskedLanguageHead.self, SequenceClassificationHead.self,
            TokenClassificationHead.self,
        ]
        #expect(types.map { backbone.className(with: $0.className) } == expected)
        for (type, name) in zip(types, expected) {
            #expect(HeadEntry.ofClass(name)?.name == type.taskType)
        }
    }
}
