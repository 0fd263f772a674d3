import NN
import Testing
import Tuners

@Suite("Adapters of RoBERTa, LLaMA's family and BLOOM")
struct FamilyExchangeTests {
    private func model(_ name: String, _ task: String, _ tuner: some Tuner) throws -> TinyModel {
        try TinyModel("ModelsTests/Golden/tiny-\(name)", task: task, [tuner])
    }

    @Test("a prefix where heads share keys and values is written and read as PEFT does")
    func prefix() throws {
        var settings = PrefixTuning.Settings()
        settings.virtualTokenCount = 5
        let tuner = PrefixTuning(settings)
        try expectSaved(tuner, as: "prefix-llama", try model("llama", "CAUSAL_LM", tuner))
    }

    @Test("a projection of such a prefix has the keys' width, and an initial text its own keys and values")
    func projection() throws {
        var settings = PrefixTuning.Settings()
        (settings.virtualTokenCount, settings.projects) = (5, true)
        let shapes = try model("mistral", "CAUSAL_LM", PrefixTuning(settings)).graph.trained.map(\.shape)
        #expect(shapes == [[5, 24], [24, 24], [24], [2 * 2 * 24, 24], [2 * 2 * 24]])
    }

    @Test("a prompt beside attentions whose heads share keys and values is as wide as the model")
    func adaptionPrompt() throws {
        var settings = AdaptionPrompt.Settings()
        (settings.length, settings.layerCount) = (5, 1)
        let tuner = AdaptionPrompt(settings)
        try expectSaved(tuner, as: "adaption-prompt-llama", try model("llama", "CAUSAL_LM", tuner))
    }

    @Test("LoRA's maps have the names that transformers' class for the task gives them")
    func lora() throws {
        let tuner = LoRA(try settings("{r: 4, lora_alpha: 8}"))
        try expectSaved(tuner, as: "lora-llama-answers", try model("llama", "QUESTION_ANS", tuner))
        try expectSaved(tuner, as: "lora-roberta", try model("roberta", "SEQ_CLS", tuner))
    }

    @Test("IA3 takes PEFT's usual modules in each family, and virtual tokens are as wide as the model")
    func others() throws {
        let scaling = IA3(try settings("{}"))
        try expectSaved(scaling, as: "ia3-qwen2", try model("qwen2", "CAUSAL_LM", scaling))
        let prompt = PromptTuning(try settings("{num_virtual_tokens: 5}"))
        try expectSaved(prompt, as: "prompt-bloom", try model("bloom", "CAUSAL_LM", prompt))
    }
}
