import YAML

extension BenchCase {
    static let linear = BenchCase(
        name: "sst2-linear", title: "MiniLM, LINEAR, 600 sentences of SST-2, 5 epochs, no dropout: the whole training",
        measures: [.trainingSeconds, .peakBytes], aims: faster(10)
    ) { place, options in
        Entrant.usual(try whole("bench-linear", place, options, ["peft_type": "LINEAR"]))
    }

    static let top = BenchCase(
        name: "sst2-top", title: "The same with LORA in the two upper layers",
        measures: [.trainingSeconds, .peakBytes], aims: faster(6)
    ) { place, options in
        let lora: [String: JSON] = [
            "peft_type": "LORA", "r": 8, "lora_alpha": 16, "target_modules": ["query", "value"],
            "layers_to_transform": [4, 5], "layers_pattern": "layer",
        ]
        return Entrant.usual(try whole("bench-top", place, options, lora))
    }

    private static func faster(_ times: Double) -> [Aim] {
        [
            Aim(.trainingSeconds, of: ours32, against: peer32, .atLeast(times)),
            Aim(.trainingSeconds, of: ours16, against: peer16, .atLeast(times)),
        ]
    }

    private static func whole(
        _ name: String, _ place: BenchPlace, _ options: BenchOptions, _ peft: [String: JSON]
    ) throws -> Entrant.Work {
        .whole(try sst2Job(name, place, peft, samples: options.isQuick ? 100 : 600, epochs: 5))
    }

    static let start = BenchCase(
        name: "start",
        title:
            "From the start of the process to the first step of bert-prefix-dropout on all of SQuAD, with read data in the cache",
        measures: [.firstStepBegins, .firstStepEnds],
        aims: [
            Aim(.firstStepEnds, of: ours16, .atMost(1.5)), Aim(.firstStepEnds, of: ours32, .atMost(1.5)),
            Aim(.firstStepBegins, of: ours32, against: peer16, .atLeast(4)),
        ]
    ) { place, options in
        let samples = options.isQuick ? 2000 : nil
        return Entrant.usual(
            .start(try bertJob("bench-start", place, dropout: 0.1, 1, samples: samples)), peer: [.bfloat16])
    }

    static let writingGPT2 = writing(.gpt2, "writing-gpt2", "GPT-2's size")
    static let writingStories = writing(.stories, "writing-stories", "The size of stories260k")

    /// Greedy texts behind prompts of 16 tokens, with keys and values kept.
    private static func writing(_ model: RandomModel, _ name: String, _ what: String) -> BenchCase {
        let ways = [(1, "one text"), (8, "8 texts at a time")]
        return BenchCase(
            name: name, title: "\(what), random weights: tokens written in a second", measures: [.tokensPerSecond],
            aims: ways.map {
                Aim(.tokensPerSecond, of: "\(ours32), \($0.1)", against: "\(peer32), \($0.1)", .atLeast(1))
            }
        ) { _, options in
            let tokens = options.isQuick ? 16 : 64
            return ways.flatMap { texts, way in
                [Entrant.Side.peftexp, .peer].map {
                    Entrant(
                        side: $0, precision: .float32, work: .writing(model, texts: texts, tokens: tokens), way: way)
                }
            }
        }
    }

    static let growth = BenchCase(
        name: "growth",
        title: "A small GPT with LORA: how cost grows with the batch and with the length of its windows",
        measures: [.tokensPerSecond, .peakBytes, .usefulRate],
        aims: [
            Aim(.usefulRate, of: size(1024, 4), against: size(64, 4), .atLeast(0.9)),
            Aim(.usefulRate, of: size(128, 32), against: size(128, 1), .atLeast(0.9)),
        ]
    ) { place, options in
        let text = try place.data("text/wikitext2-test.txt", "text/train.txt", "people-train.txt", what: "plain text")
        let model = try RandomModel.smallGPT.folder(in: place.work, tokenizer: place.miniLM())
        let sizes = [64, 256, 1024].map { ($0, 4) } + [1, 8, 32].map { (128, $0) }
        return sizes.map { length, batch in
            let job = TrainingJob(
                name: "bench-growth-\(length)-\(batch)", model: ["path": .string(model)],
                task: ["task_type": "CAUSAL_LM", "max_seq_length": .integer(length)],
                data: ["format": "text", "train": .string(text)],
                peft: ["peft_type": "LORA", "r": 8, "lora_alpha": 16],
                train: ["per_device_train_batch_size": .integer(batch), "learning_rate": 1e-3], steps: options.steps(3))
            return Entrant(side: .peftexp, precision: .float32, work: .steps(job), way: way(length, batch))
        }
    }

    private static func way(_ length: Int, _ batch: Int) -> String { "batch \(batch) of length \(length)" }
    private static func size(_ length: Int, _ batch: Int) -> String { "\(ours32), \(way(length, batch))" }
}
