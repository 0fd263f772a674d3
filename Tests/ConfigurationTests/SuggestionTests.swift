import Configuration
import Testing

@Suite struct SuggestionTests {
    private let keys = [
        "learning_rate", "num_train_epochs", "per_device_train_batch_size", "seed", "r", "name", "PREFIX_TUNING",
    ]

    @Test(arguments: [
        ("lerning_rate", "learning_rate"), ("learning-rate", "learning_rate"), ("Seed", "seed"), ("sede", "seed"),
        ("prefix tuning", "PREFIX_TUNING"), ("prefix_tunnig", "PREFIX_TUNING"), ("epochs", "num_train_epochs"),
        ("batch_size", "per_device_train_batch_size"),
    ])
    func whatIsNearIsSuggested(word: String, meant: String) {
        #expect(Suggestion.nearest(to: word, among: keys) == meant)
    }

    @Test(arguments: ["", "x", "xyz", "speed_of_light", "train", "weight_decay", "ab", "nm"])
    func whatIsFarIsNot(word: String) {
        #expect(Suggestion.nearest(to: word, among: ["learning_rate", "seed", "r", "name"]) == nil)
    }

    @Test func theNearestWins() {
        #expect(Suggestion.nearest(to: "eval_step", among: ["eval_stop", "eval_steps", "save_steps"]) == "eval_stop")
        #expect(Suggestion.nearest(to: "eval_stps", among: ["eval_stop_1", "eval_steps"]) == "eval_steps")
        #expect(Suggestion.nearest(to: "word", among: []) == nil)
    }
}
