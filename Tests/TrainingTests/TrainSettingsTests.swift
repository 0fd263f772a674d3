import Configuration
import Testing
import Training
import YAML

@Suite struct TrainSettingsTests {
    /// The settings in `text`, and the mistakes in them.
    func read(_ text: String) throws -> (settings: TrainSettings, errors: [TextError]) {
        var diagnostics = Diagnostics()
        let settings = TrainSettings(try YAMLText.parse(text, file: "train.yaml"), &diagnostics)
        return (settings, diagnostics.errors)
    }

    @Test func keysAreThoseOfTransformers() throws {
        let (settings, errors) = try read(
            """
            num_train_epochs: 2.5
            max_steps: 7
            per_device_train_batch_size: 32
            gradient_accumulation_steps: 2
            learning_rate: 5e-3
            weight_decay: 0.01
            max_grad_norm: 0
            lr_scheduler_type: exponential
            lr_gamma: 0.9
            group_by_length: true
            eval_strategy: no
            load_best_model_at_end: false
            metric_for_best_model: eval_f1
            """)
        #expect(errors.isEmpty)
        var expected = TrainSettings()
        expected.epochCount = 2.5
        expected.maxSteps = 7
        expected.batchSize = 32
        expected.accumulationSteps = 2
        expected.learningRate = 5e-3
        expected.weightDecay = 0.01
        expected.maxGradientNorm = 0
        expected.scheduler = "exponential"
        expected.gamma = 0.9
        expected.groupsByLength = true
        expected.restoresBest = false
        expected.bestMetric = "eval_f1"
        #expect(settings == expected)
        #expect(settings.optimizer.maxGradientNorm == nil)
        var diagnostics = Diagnostics()
        #expect(TrainSettings(settings.node(), &diagnostics) == settings)
        #expect(diagnostics.isEmpty)
    }

    @Test(
        "A value out of range is refused",
        arguments: [
            "num_train_epochs: -1", "num_train_epochs: .inf", "num_train_epochs: 1e300", "max_steps: -1",
            "per_device_train_batch_size: 0", "per_device_train_batch_size: 9223372036854775807",
            "per_device_eval_batch_size: 0", "gradient_accumulation_steps: 0", "learning_rate: 0",
            "learning_rate: .nan",
            "lr_scheduler_type: linaer", "lr_gamma: 0", "warmup_steps: -1", "warmup_ratio: 1.1", "weight_decay: -0.1",
            "save_steps: 0", "save_minutes: -1", "save_strategy: best", "adam_beta1: 1", "adam_beta2: 1",
            "adam_epsilon: 0", "max_grad_norm: -1", "group_by_length: 1",
            "eval_strategy: never", "eval_steps: 0", "logging_steps: 0", "early_stopping_patience: 0",
            "early_stopping_threshold: -1", "learning_rat: 1",
        ])
    func wrongValue(text: String) throws {
        let (settings, errors) = try read(text)
        #expect(errors.count == 1)
        #expect(settings == TrainSettings())
    }

    @Test(
        "No allowed value stops the trainer in another way than with an error",
        arguments: [
            "max_steps: 1\nwarmup_steps: 9223372036854775807", "num_train_epochs: 1e-9\nwarmup_ratio: 1",
            "per_device_train_batch_size: 65536\ngradient_accumulation_steps: 65536\ngroup_by_length: true",
            "learning_rate: 1000\nadam_beta1: 0.9999999999999999\nadam_beta2: 0.9999999999999999",
            "adam_epsilon: 1e-30\nmax_grad_norm: 1e-300\nadam_beta1: 0\nadam_beta2: 0\nweight_decay: 1",
            "eval_strategy: steps\nlogging_steps: 9223372036854775807", "max_steps: 0\nlr_scheduler_type: cosine",
            "learning_rate: 1e-300\nlr_scheduler_type: exponential\nlr_gamma: 1e-300",
        ])
    func extremes(text: String) throws {
        let (settings, errors) = try read(text)
        #expect(errors.isEmpty)
        let trainer = try Trainer(
            ToyModel(), features: ToyModel.features(9), settings: settings, seed: 1, evaluator: ScriptedEvaluator([1]))
        do { _ = try trainer.run() } catch is TrainingError {}
    }

    @Test(
        "Keys that do not go together are named",
        arguments: [
            ("{}", []),
            ("lr_scheduler_type: constant\nwarmup_steps: 3", ["warmup_steps"]),
            ("lr_scheduler_type: exponential\nwarmup_ratio: 0.1\nlr_gamma: 0.5", ["warmup_ratio"]),
            ("lr_scheduler_type: constant_with_warmup\nwarmup_steps: 3", []),
            ("lr_gamma: 0.5", ["lr_gamma"]),
            ("eval_strategy: steps", ["eval_strategy"]),
            ("eval_steps: 3", ["eval_steps"]),
            ("eval_strategy: epoch\neval_steps: 3", ["eval_steps"]),
            ("eval_strategy: steps\neval_steps: 3", []),
            ("early_stopping_patience: 3", ["early_stopping_patience"]),
            ("eval_strategy: epoch\nearly_stopping_patience: 3\nearly_stopping_threshold: 1", []),
            ("early_stopping_threshold: 1", ["early_stopping_threshold"]),
            ("save_steps: 3", []), ("save_strategy: steps\nsave_steps: 3", []), ("save_strategy: no", []),
            ("save_strategy: steps", ["save_strategy"]), ("save_strategy: epoch\nsave_steps: 3", ["save_steps"]),
            ("save_strategy: no\nsave_steps: 3", ["save_steps"]),
        ] as [(String, [String])])
    func contradictions(text: String, keys: [String]) throws {
        let (settings, errors) = try read(text)
        #expect(errors.isEmpty)
        #expect(settings.contradictions.map(\.key) == keys)
        #expect(Set(keys).isSubset(of: TrainSettings.fields.map(\.key)))
    }

    @Test func aConstantScheduleSuggestsItsSibling() throws {
        let settings = try read("lr_scheduler_type: constant\nwarmup_steps: 3").settings
        #expect(
            settings.contradictions.map(\.message)
                == ["the schedule 'constant' has no warm-up; did you mean 'constant_with_warmup'?"])
    }
}
