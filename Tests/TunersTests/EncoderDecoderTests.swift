import Autograd
import Experiment
import Models
import NN
import Tensors
import Testing
import Tuners

@Suite("Methods on an encoder-decoder")
struct EncoderDecoderTests {
    private func model(_ tuner: some Tuner, _ name: String = "t5") throws -> TinyModel {
        try TinyModel("ModelsTests/Golden/tiny-\(name)", task: "SEQ_2_SEQ_LM", [tuner])
    }

    @Test("LoRA, IA3, prompts and prefixes are written and read as PEFT does")
    func saved() throws {
        let lora = LoRA(try settings("{r: 4, lora_alpha: 8}"))
        try expectSaved(lora, as: "lora-t5", try model(lora))
        let scaling = IA3(try settings("{}"))
        try expectSaved(scaling, as: "ia3-t5", try model(scaling, "t5-gated"))
        let prompt = PromptTuning(try settings("{num_virtual_tokens: 5}"))
        try expectSaved(prompt, as: "prompt-t5", try model(prompt))
        let prefix = PrefixTuning(try settings("{num_virtual_tokens: 5}"))
        try expectSaved(prefix, as: "prefix-t5", try model(prefix, "t5-gated"))
    }

    @Test("a prompt that a memory makes is saved with the part for the decoder, which it goes through")
    func memory() throws {
        let tuner = PTuning(
            try settings(
                "{num_virtual_tokens: 5, encoder_hidden_size: 12, encoder_reparameterization_type: LSTM, encoder_num_layers: 2}"
            ))
        let tiny = try model(tuner)
        let folder = "p-tuning-lstm-t5"
        let parameters = try SafeTensors(golden("\(folder)/parameters.safetensors"))
        for parameter in tiny.graph.trained {
            parameter.variable.value = try #require(try parameters.tensor(parameter.path), "\(parameter.path)")
        }
        let exported = try #require(tuner.exported(from: tiny.graph))
        let saved = try #require(
            try SafeTensors(golden("\(folder)/adapter_model.safetensors")).tensor("prompt_embeddings"))
        let made = try #require(exported.tensors["prompt_embeddings"])
        #expect(saved.shape == [10, 32] && made.shape == saved.shape && isClose(made, saved))
        #expect(exported.config["num_virtual_tokens"] == 5 && exported.config["num_transformer_submodules"] == 2)
        let read = try PTuning.imported(try settings("{num_virtual_tokens: 5}"), exported.tensors)
        #expect(read.name == "PROMPT_TUNING" && read.values.values.map(\.shape) == [[10, 32]])
    }

    @Test(
        "prefix_at gives each attention of the kinds it names keys and values of its own",
        arguments: [
            ("[encoder]", [true, false, false], 2), ("[cross]", [false, false, true], 2),
            ("[decoder]", [false, true, false], 2), ("[encoder, decoder, cross]", [true, true, true], 6),
        ])
    func places(text: String, stands: [Bool], pairs: Int) throws {
        let tuner = PrefixTuning(try settings("{num_virtual_tokens: 3, prefix_at: \(text)}"))
        let graph = try model(tuner).graph
        for (index, site) in graph.attentions.enumerated() {
            let stack = try #require(site.stack)
            let place = try #require(AttentionStack.allCases.firstIndex(of: stack))
            #expect(graph.prefixLength(at: index) == (stands[place] ? 3 : 0), "\(site.path)")
        }
        #expect(graph.trained.map(\.shape) == [[3, pairs * 2 * 32]])
        #expect(tuner.exported(from: graph) == nil, "PEFT has no such prefix")
    }

    @Test(
        "each part of such a prefix moves the outputs, and its products are those that are announced",
        arguments: [("[cross]", 4), ("[decoder, cross]", 8), ("[encoder, decoder, cross]", 12)])
    func moves(text: String, parts: Int) throws {
        let tuner = PrefixTuning(try settings("{num_virtual_tokens: 3, prefix_at: \(text)}"))
        let model = try model(tuner).model
        let loss = model.loss(Batch(Self.features), mode: .training(seed: 1, step: 0))
        let (cost, batch) = (PassCost(model), Batch(Self.features))
        let planned = Self.features.reduce(cost.perPass(isTraining: true)) { $0 + cost.training($1) }
        #expect(
            Kernels.productOperations { model.loss(batch, mode: .training(seed: 1, step: 0)).backward() } == planned)
        let table = try #require(model.graph.trained.first)
        let gradient = try #require(table.variable.gradient)
        for column in 0..<parts {
            let part = Kernels.columns(gradient, 32 * column..<32 * (column + 1))
            #expect(part.array.contains { abs($0) > 1e-6 }, "part \(column)")
        }
        #expect(loss.value.array[0].isFinite)
    }

    @Test(
        "unless it says otherwise the prefix is PEFT's: of an even number of layers two share, the others are never read"
    )
    func shared() throws {
        let model = try model(PrefixTuning(try settings("{num_virtual_tokens: 3}"))).model
        model.loss(Batch(Self.features), mode: .evaluation).backward()
        let gradient = try #require(model.graph.trained.first?.variable.gradient)
        let parts = (0..<4).map { Kernels.columns(gradient, 32 * $0..<32 * ($0 + 1)).array.contains { $0 != 0 } }
        #expect(parts == [true, true, false, false])
    }

    @Test(
        "what does not go together is refused with the setting to change",
        arguments: [
            ("t5", "{peft_type: PREFIX_TUNING, init_text: 5 9}", "init_text", "cannot start as a text"),
            ("t5", "{peft_type: ADAPTION_PROMPT}", nil, "encoder-decoder"),
            ("t5", "{peft_type: BITFIT}", nil, "no biases"),
            ("t5", "{peft_type: ADALORA, target_modules: [wi_0]}", "target_modules", "'wi_0' matches no linear map"),
            ("bert", "{peft_type: PREFIX_TUNING, prefix_at: [encoder]}", "prefix_at", "has one network"),
        ] as [(String, String, String?, String)])
    func refusals(backbone: String, text: String, key: String?, message: String) throws {
        let method = try tuner(text)
        let task = backbone == "t5" ? "SEQ_2_SEQ_LM" : "SEQ_CLS"
        let error = #expect(throws: AttachmentError.self) {
            try TinyModel("ModelsTests/Golden/tiny-\(backbone)", task: task, [method])
        }
        #expect(error?.key == key && error?.message.contains(message) == true, "\(error?.message ?? "")")
    }

    @Test("a kind of attention is named once, and at least one is", arguments: ["[]", "[cross, cross]"])
    func contradictions(list: String) throws {
        let method = try tuner("{peft_type: PREFIX_TUNING, prefix_at: \(list)}")
        #expect(method.contradictions.map(\.key) == ["prefix_at"])
    }

    static let features = [
        ([7, 12, 30, 1], [0, 14, 5]), ([9, 4, 1], [0, 88]), ([61, 2, 45, 18, 1], [0, 3, 71, 20]),
    ].map {
        source, read in
        Feature(
            inputIDs: source.map { Int32($0) }, tokenTypeIDs: source.map { _ in 0 },
            decoderInputIDs: read.map { Int32($0) },
            label: .tokens(read.indices.map { TokenLabel(position: Int32($0), target: Int32(20 + $0)) }))
    }
}
