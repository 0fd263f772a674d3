import YAML

extension BenchCase {
    private static let columns: [Measure] = [.tokensPerSecond, .peakBytes, .usefulRate, .usefulShare]

    static let bertDropout = BenchCase(
        name: "bert-prefix-dropout",
        title: "BERT-base's shape, PREFIX_TUNING of 128, SQuAD windows of up to 384, batch 8, dropout 0.1; real tokens",
        measures: columns,
        aims: [
            Aim(.tokensPerSecond, of: ours16, against: peer16, .atLeast(4)),
            Aim(.tokensPerSecond, of: ours32, against: peer32, .atLeast(1.35)),
            Aim(.tokensPerSecond, of: ours16, against: padded, .atLeast(16)),
            Aim(.peakBytes, of: ours16, against: peer16, .atMost(0.2)),
            Aim(.peakBytes, of: ours32, against: peer32, .atMost(0.2)),
        ]
    ) { place, options in
        let job = try bertJob("bench-bert-dropout", place, dropout: 0.1, options.steps(4))
        var slow = job
        slow.steps = options.steps(2)
        return Entrant.usual(.steps(job)) + compiled(.steps(job), options) + [
            Entrant(
                side: .peer, precision: .float32, work: .steps(slow), way: "padded to 384", settings: ["pad": "max"])
        ]
    }

    /// How the scripts of P-tuning v2 train.
    private static let padded = "peer float32, padded to 384"

    static let bert = BenchCase(
        name: "bert-prefix", title: "The same without dropout", measures: columns,
        aims: [
            Aim(.tokensPerSecond, of: ours16, against: peer16, .atLeast(2.75)),
            Aim(.tokensPerSecond, of: ours32, against: peer32, .atLeast(1.05)),
            Aim(.usefulShare, of: ours32, .atLeast(0.8)),
            Aim(.usefulShare, of: ours16, .atLeast(0.45)),
        ]
    ) { place, options in
        let work = Entrant.Work.steps(try bertJob("bench-bert", place, dropout: 0, options.steps(4)))
        return Entrant.usual(work) + compiled(work, options)
    }

    static let sst2 = BenchCase(
        name: "sst2-lora", title: "MiniLM, LORA of rank 8, SEQ_CLS on SST-2, batch 32, no dropout; real tokens",
        measures: columns, aims: [Aim(.tokensPerSecond, of: ours16, against: peer16, .atLeast(4.5))]
    ) { place, options in
        let lora: [String: JSON] = [
            "peft_type": "LORA", "r": 8, "lora_alpha": 16, "target_modules": ["query", "value"],
        ]
        let work = Entrant.Work.steps(try sst2Job("bench-sst2", place, lora, samples: 2000, steps: options.steps(20)))
        return Entrant.usual(work) + compiled(work, options)
    }

    static let gpt2 = BenchCase(
        name: "gpt2-lora", title: "GPT-2's shape, LORA of rank 8, CAUSAL_LM on windows of 512, batch 4, dropout 0.1",
        measures: columns, aims: [Aim(.tokensPerSecond, of: ours16, against: peer16, .atLeast(4))]
    ) { place, options in
        let text = try place.data(
            "text/wikitext2-test.txt", "text/train.txt", "people-train.txt", what: "plain text")
        let model = try RandomModel.gpt2.folder(in: place.work, tokenizer: place.tokenizerOfGPT2())
        let job = TrainingJob(
            name: "bench-gpt2", model: ["path": .string(model)],
            task: ["task_type": "CAUSAL_LM", "max_seq_length": 512], data: ["format": "text", "train": .string(text)],
            peft: [
                "peft_type": "LORA", "r": 8, "lora_alpha": 16, "target_modules": ["c_attn"], "fan_in_fan_out": true,
            ],
            train: ["per_device_train_batch_size": 4, "learning_rate": 5e-4], steps: options.steps(2))
        return Entrant.usual(.steps(job)) + compiled(.steps(job), options)
    }

    /// The peer's trainings again, compiled; where that is asked for, since compiling takes minutes.
    private static func compiled(_ work: Entrant.Work, _ options: BenchOptions) -> [Entrant] {
        guard options.isCompiling else { return [] }
        return Precision.allCases.map {
            Entrant(
                side: .peer, precision: $0, work: work, way: "compiled",
                settings: ["group_by_length": true, "compile": true])
        }
    }

    /// Questions about SQuAD's paragraphs for BERT-base's shape.
    ///
    /// - Parameter samples: the first so many questions; nil for all.
    static func bertJob(
        _ name: String, _ place: BenchPlace, dropout: Double, _ steps: Int, samples: Int? = 2000
    ) throws -> TrainingJob {
        let questions = try place.data("squad/train.json", "squad/train-v1.1.json", what: "SQuAD v1.1's questions")
        let model = try RandomModel.bertBase.folder(in: place.work, tokenizer: place.miniLM())
        return TrainingJob(
            name: name,
            model: [
                "path": .string(model), "hidden_dropout_prob": .number(dropout),
                "attention_probs_dropout_prob": .number(dropout),
            ],
            task: ["task_type": "QUESTION_ANS", "max_seq_length": 384, "doc_stride": 128],
            data: [
                "format": "squad", "train": .string(questions),
                "max_train_samples": samples.map { .integer($0) } ?? .null,
            ],
            peft: ["peft_type": "PREFIX_TUNING", "num_virtual_tokens": 128],
            train: ["per_device_train_batch_size": 8, "learning_rate": 5e-3], steps: steps)
    }

    /// Sentences with their sentiment for MiniLM.
    static func sst2Job(
        _ name: String, _ place: BenchPlace, _ peft: [String: JSON], samples: Int, steps: Int = 1, epochs: Int = 1
    ) throws -> TrainingJob {
        let sentences = try place.data("sst2/train.tsv", what: "SST-2: a sentence, a tab, 0 or 1 in each line")
        return TrainingJob(
            name: name,
            model: [
                "path": .string(try place.miniLM()), "hidden_dropout_prob": 0, "attention_probs_dropout_prob": 0,
            ],
            task: ["task_type": "SEQ_CLS", "max_seq_length": 128],
            data: ["format": "tsv", "train": .string(sentences), "max_train_samples": .integer(samples)], peft: peft,
            train: [
                "per_device_train_batch_size": 32, "learning_rate": 1e-3, "num_train_epochs": .integer(epochs),
            ], steps: steps)
    }
}
