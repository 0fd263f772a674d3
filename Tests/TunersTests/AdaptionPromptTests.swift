import Autograd
import Configuration
import Foundation
import NN
import Tensors
import Testing
import Tuners

@Suite("LLaMA-Adapter")
struct AdaptionPromptTests {
    private func method(_ more: String = "") throws -> any Tuner {
        try tuner("{peft_type: ADAPTION_PROMPT, adapter_len: 5\(more)}")
    }

    private func model(_ more: String = "", task: String = "SEQ_CLS", with others: [any Tuner] = []) throws
        -> PromptedModel
    {
        try PromptedModel([try method(more)] + others, backbone: "tiny-gpt2", task: task)
    }

    @Test("what PEFT saved is written and read alike")
    func exchange() throws {
        let saved = try SavedAdapter("adaption-prompt")
        let method = try method(", adapter_layers: 1")
        let trained = try PromptedModel(
            [method], backbone: "tiny-gpt2", task: "CAUSAL_LM", values: saved.parameters)
        #expect(Set(trained.graph.trained.filter { $0.owner == .tuner }.map(\.path)) == Set(saved.parameters.keys))
        try saved.expectEqual(try #require(method.exported(from: trained.graph)))
        var settings = AdaptionPrompt.Settings()
        settings.length = 5
        settings.layerCount = 1
        let read = try AdaptionPrompt.imported(settings, saved.tensors)
        #expect(read.values == saved.parameters)
    }

    @Test("leaves the outputs as they were until the gate opens", arguments: ["SEQ_CLS", "TOKEN_CLS"])
    func neutral(task: String) throws {
        let plain = try PromptedModel([], backbone: "tiny-gpt2", task: task).outputs()
        let tuned = try model(task: task)
        #expect(try method().startsNeutral && tuned.outputs() == plain)
        try tuned.parameter("transformer.h.0.attn.adaption_gate").variable.value = Tensor([1], [0.5])
        #expect(!isClose(tuned.outputs(), plain, 1e-3))
    }

    @Test("adds to every row its gated attention to the prompt, by the definition")
    func definition() throws {
        var stream = RandomStream(seed: 3, path: "definition")
        func random(_ shape: Shape) -> Tensor {
            Tensor(shape, (0..<shape.count).map { _ in Float(stream.normal()) })
        }
        let (query, hidden, length, gate) = (random([3, 32]), 32, 5, Float(0.7))
        let tuned = try model(", adapter_layers: 1")
        try tuned.parameter("transformer.h.1.attn.adaption_gate").variable.value = Tensor([1], [gate])
        let prompt = try tuned.parameter("transformer.h.1.attn.adaption_prompt").variable.value
        let layout = Attention(queryOffsets: [0, 1, 3], keyOffsets: [0, 2, 5], heads: 4, headSize: 8, scale: 0.3)
        // Maps that only scale: keys are twice the prompt, values half of it.
        let call = AttentionCall(query: Variable(query), layout: layout) { ($0.scaled(by: 2), $0.scaled(by: 0.5)) }
        let made = try #require(ForwardPass(tuned.graph, mode: .evaluation).accompany(1, call)).value
        #expect(made.shape == [3, hidden])
        for row in 0..<3 {
            for head in 0..<4 {
                let columns = head * 8..<head * 8 + 8
                func prompted(_ token: Int, _ column: Int) -> Float { prompt[token, column] }
                let scores = (0..<length).map { token in
                    columns.reduce(Float(0)) { $0 + 0.3 * query[row, $1] * 2 * prompted(token, $1) }
                }
                let largest = scores.max() ?? 0
                let shares = scores.map { exp(Double($0 - largest)) }
                let sum = shares.reduce(0, +)
                for column in columns {
                    let value = (0..<length).reduce(0.0) { $0 + shares[$1] / sum * 0.5 * Double(prompted($1, column)) }
                    #expect(abs(Double(made[row, column]) - Double(gate) * value) < 1e-5)
                }
            }
        }
        #expect(ForwardPass(tuned.graph, mode: .evaluation).accompany(0, call) == nil)
    }

    @Test("its gradients are slopes of the loss")
    func gradients() throws {
        let tuned = try model()
        for layer in 0..<2 {
            try tuned.parameter("transformer.h.\(layer).attn.adaption_gate").variable.value = Tensor([1], [0.8])
        }
        func loss() -> Variable { tuned.model.loss(PromptedModel.batch, mode: .training(seed: 1, step: 0)) }
        loss().backward()
        for parameter in tuned.graph.trained where parameter.owner == .tuner {
            let gradient = try #require(parameter.variable.gradient, "\(parameter.path)")
            #expect(gradient.shape == parameter.shape)
            let norm = gradient.array.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
            let value = parameter.variable.value
            func moved(_ by: Double) -> Double {
                let step = gradient.array.map { Float(by / norm) * $0 }
                parameter.variable.value = Tensor(value.shape, zip(value.array, step).map { $0 + $1 })
                defer { parameter.variable.value = value }
                return Double(loss().value[0, 0])
            }
            let slope = (moved(5e-2) - moved(-5e-2)) / 1e-1
            #expect(abs(slope - norm) < 0.02 * norm + 1e-4, "\(parameter.path): \(slope), gradient \(norm)")
        }
    }

    @Test("an encoder is refused, as are more layers than there are, and names of other modules")
    func refusals() throws {
        let encoder = #expect(throws: AttachmentError.self) { try PromptedModel([try method()]) }
        #expect(encoder?.key == nil && encoder?.message.contains("needs a decoder") == true)
        let layers = #expect(throws: AttachmentError.self) { try model(", adapter_layers: 3") }
        #expect(layers?.key == "adapter_layers" && layers?.message.hasSuffix("the largest value is 2") == true)
        let names = #expect(throws: AttachmentError.self) { try model(", target_modules: atn") }
        #expect(names?.key == "target_modules" && names?.message.hasSuffix("it is 'attn'") == true)
        #expect(throws: AttachmentError.self) { try model(with: [try method()]) }
        #expect(throws: Diagnostics.self) { try method(", adapter_layers: 0") }
    }

    @Test(
        "announced products are those that are done, alone and with other methods",
        arguments: [
            [], ["{peft_type: LORA, r: 2}"], ["{peft_type: LORA, r: 2, use_dora: true}"], ["peft_type: IA3"],
            ["{peft_type: PREFIX_TUNING, num_virtual_tokens: 3}"],
            ["{peft_type: PROMPT_TUNING, num_virtual_tokens: 3}", "{peft_type: LORA, r: 2}"], ["peft_type: FULL"],
        ], ["SEQ_CLS", "TOKEN_CLS"])
    func products(others: [String], task: String) throws {
        for layers in ["", ", adapter_layers: 1"] {
            let tuned = try model(layers, with: try others.map(tuner))
            #expect(tuned.doesWhatIsAnnounced(isTraining: false))
            #expect(tuned.doesWhatIsAnnounced(isTraining: true))
        }
    }

    @Test("what stands beside an encoder's attention is added and counted as well")
    func encoder() throws {
        let plain = try PromptedModel([])
        let tuned = try PromptedModel([Beside()])
        #expect(!isClose(tuned.outputs(), plain.outputs(), 1e-3))
        #expect(tuned.doesWhatIsAnnounced(isTraining: false))
        #expect(tuned.doesWhatIsAnnounced(isTraining: true))
    }
}

/// Attends beside the first attention, of an encoder as well.
private struct Beside: Tuner {
    struct Settings: Config {
        static let fields: [Field<Self>] = []
    }

    static let name = "BESIDE"
    static let help = "Attends beside the first attention."

    init(_ settings: Settings = Settings()) {}

    func attach(to graph: inout TunerGraph) throws {
        let prompt = try graph.scope("beside").parameter("weight", [3, 32], .normal(deviation: 1))
        try graph.accompany(0, length: 3) { call, _ in
            let made = call.project(prompt.variable)
            let layout = Attention(
                queryOffsets: [0, call.query.shape.rows], keyOffsets: [0, 3], heads: call.layout.heads,
                headSize: call.layout.headSize, scale: call.layout.scale)
            return attention(query: call.query, key: made.key, value: made.value, prefix: nil, layout: layout)
        }
    }
}
