import Experiment
import Testing

@Suite("Adapters that PEFT saved, on the models that they were made for")
struct FamilyAdapterTests {
    @Test(
        "every tensor finds its place, and the head its labels",
        arguments: [
            ("tiny-bert", "lora"), ("tiny-gpt2", "adaption-prompt"), ("tiny-roberta", "lora-roberta"),
            ("tiny-llama", "prefix-llama"), ("tiny-llama", "adaption-prompt-llama"),
            ("tiny-llama", "lora-llama-answers"),
            ("tiny-qwen2", "ia3-qwen2"), ("tiny-bloom", "prompt-bloom"),
        ])
    func loads(model: String, adapter: String) throws {
        try withWorkspace { workspace in
            _ = try Predictor(
                model: testsPath("ModelsTests/Golden/\(model)"), adapter: testsPath("TunersTests/Golden/\(adapter)"),
                overrides: [], workspace)
        }
    }

    @Test("an adapter of another family is refused by what it was put on", arguments: ["bert", "bloom"])
    func misfits(family: String) throws {
        try withWorkspace { workspace in
            #expect {
                _ = try Predictor(
                    model: testsPath("ModelsTests/Golden/tiny-\(family)"),
                    adapter: testsPath("TunersTests/Golden/lora-llama-answers"), overrides: [], workspace)
            } throws: { error in
                "\(error)".contains("'v_proj' matches no linear map of this \(family); its linear maps are")
            }
        }
    }
}
