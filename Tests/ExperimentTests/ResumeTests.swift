import Experiment
import Files
import Foundation
import Results
import Testing
import Training
import YAML

/// Runs that are ended at chosen places and started again, against the same run undisturbed.
@Suite("Resumed runs")
struct ResumeTests {
    /// Ends a run as a killed process would: nothing more is written of what it was doing.
    private struct Killed: Error {}

    /// The methods as changes to the manifest, each with something of its own that has to survive.
    static let runs: [[String]] = [
        ["peft={peft_type: PREFIX_TUNING, num_virtual_tokens: 4, prefix_projection: true}"],
        [
            "peft={peft_type: ADALORA, init_r: 4, target_r: 2, tinit: 1, tfinal: 2, lora_dropout: 0.1}",
            "train.gradient_accumulation_steps=2",
        ],
        [
            "peft={peft_type: LORA, r: 3, init_lora_weights: pissa, use_dora: true}",
            "train.load_best_model_at_end=false",
        ],
        ["peft={peft_type: FULL}", "train.early_stopping_patience=1", "train.learning_rate=0.1"],
        ["peft=[{peft_type: BOTTLENECK}, {peft_type: BITFIT}]", "train.group_by_length=true", "train.logging_steps=3"],
        // Frozen layers whose results are kept, in memory and on disk.
        ["peft={peft_type: LINEAR}", "model.frozen_dropout=false", "train.activation_cache=memory"],
        [
            "peft={peft_type: LORA, layers_to_transform: [1], lora_dropout: 0.1}", "model.frozen_dropout=false",
            "train.activation_cache=disk",
        ],
    ]
    /// Dropout, and an evaluation after every second step of eight; checkpoints after every step, or as the default has it.
    private static let common = [
        "model.hidden_dropout_prob=0.1", "model.attention_probs_dropout_prob=0.1", "train.eval_strategy=steps",
        "train.eval_steps=2", "train.max_steps=8", "train.per_device_eval_batch_size=4",
    ]

    private func runner(
        _ words: [String], _ workspace: Workspace, _ report: @escaping (RunEvent) throws -> Void = { _ in }
    ) throws -> Runner {
        let resolved = try ResolvedManifest(TinyExperiment.manifest, overrides: Self.common + words)
        return Runner(try Assembly(resolved, workspace), workspace, report: report)
    }

    /// Everything that the finished run has written, times taken out.
    private func files(_ workspace: Workspace) throws -> [String: String] {
        let names = try Folder.names(in: "\(workspace.results)/tiny")
        let run = "\(workspace.results)/tiny/\(try #require(names.first))"
        var files: [String: String] = ["runs": "\(names)"]
        for name in try FileManager.default.subpathsOfDirectory(atPath: run) {
            let path = "\(run)/\(name)"
            guard FileContents.exists(path) else { continue }
            switch name {
            // When checkpoints are written is no part of a result.
            case "manifest.yaml": break
            case "result.json": files[name] = try timeless(JSONText.parse(FileContents.text(at: path), file: name))
            case "metrics.jsonl":
                files[name] = try FileContents.text(at: path).split(separator: "\n").map {
                    try timeless(JSONText.parse(String($0), file: name))
                }.joined(separator: "\n")
            default: files[name] = try FileContents.data(at: path).base64EncodedString()
            }
        }
        return files
    }

    private func timeless(_ node: Node) throws -> String {
        guard case .object(var values) = JSON(node) else { return "no object" }
        for key in ["tokens_per_second", "train_seconds", "peak_rss_bytes", "started", "ended", "resumed_from_steps"] {
            values[key] = nil
        }
        if case .object(var plan)? = values["plan"] {
            // Operations are counted for the whole process, in which other tests run too.
            for key in ["train_seconds", "evaluation_seconds", "peak_rss_bytes", "operations"] { plan[key] = nil }
            values["plan"] = .object(plan)
        }
        return JSON.object(values).compactText
    }

    private func undisturbed(_ words: [String], _ workspace: Workspace) throws -> [String: String] {
        guard case .finished = try runner(words, workspace).run() else { throw Killed() }
        return try files(workspace)
    }

    /// Runs to the end, killed at the nth thing that happens in the nth attempt; says from which steps it went on.
    private func killedAgainAndAgain(_ words: [String], _ workspace: Workspace, every stride: Int) throws -> [Int] {
        for attempt in 1...200 {
            var left = attempt * stride
            do {
                let ending = try runner(words, workspace) { _ in
                    left -= 1
                    if left == 0 { throw Killed() }
                }.run()
                guard case .finished(let record, _) = ending else { throw Killed() }
                return record.resumedFromSteps
            } catch is Killed { continue }
        }
        Issue.record("it never comes to its end")
        return []
    }

    @Test("Killed at whatever happens, a run ends with the same files", arguments: runs)
    func killed(run: [String]) throws {
        try withWorkspace { one in
            let expected = try undisturbed(run, one)
            #expect(expected["adapter/training_state.safetensors"] != nil && expected["checkpoint/1.tar"] == nil)
            try withWorkspace { two in
                let steps = try killedAgainAndAgain(run + ["train.save_steps=1"], two, every: 2)
                #expect(try files(two) == expected)
                #expect(steps.count > 3 && steps == steps.sorted())
            }
        }
    }

    @Test("Interrupted after any step, it goes on there", arguments: [runs[1], runs[3]])
    func interrupted(run: [String]) throws {
        try withWorkspace { one in
            let expected = try undisturbed(run, one)
            try withWorkspace { two in
                let words = run + ["train.save_strategy=no"]
                var (last, steps): (Int, [Int]) = (0, [])
                while steps.count < 20 {
                    var isAhead = false
                    let ending = try runner(words, two) { event in
                        if case .training(.stepped(let report)) = event { isAhead = report.step > last }
                    }.run { isAhead }
                    guard case .interrupted(let record, _) = ending else { break }
                    #expect(record.status == .interrupted)
                    last = try #require(record.steps)
                    steps.append(last)
                }
                #expect(steps.count >= 4 && steps == Array(1...steps.count))
                #expect(try files(two) == expected)
            }
        }
    }

    @Test("Interrupted while it scores, it scores again")
    func interruptedScoring() throws {
        try withWorkspace { one in
            let expected = try undisturbed(Self.runs[0], one)
            try withWorkspace { two in
                for _ in 1...3 {
                    var scored = 0
                    let ending = try runner(Self.runs[0], two) { event in
                        if case .scoring(let done, _) = event { scored = done }
                    }.run { scored == 4 }
                    guard case .interrupted = ending else {
                        Issue.record("it ended as \(ending)")
                        return
                    }
                }
                guard case .finished(let record, _) = try runner(Self.runs[0], two).run() else { throw Killed() }
                #expect(record.resumedFromSteps == [2, 2, 2])
                #expect(try files(two) == expected)
            }
        }
    }

    /// A run that was killed after its sixth step, with checkpoints of the steps five and six.
    private func killedAtSix(_ workspace: Workspace) throws -> [String] {
        #expect(throws: Killed.self) {
            try runner(Self.runs[0] + ["train.save_steps=1"], workspace) { event in
                if case .training(.stepped(let report)) = event, report.step == 7 { throw Killed() }
            }.run()
        }
        let folder = "\(workspace.results)/tiny/\(try Folder.names(in: "\(workspace.results)/tiny")[0])/checkpoint"
        return try Folder.names(in: folder).map { "\(folder)/\($0)" }
    }

    private static let damages: KeyValuePairs<String, @Sendable (Data) -> Data> = [
        "empty": { _ in Data() }, "cut short": { $0.prefix($0.count / 2) },
        "a bit": { data in
            var data = data
            data[data.count / 2] ^= 4
            return data
        },
    ]

    @Test("A damaged checkpoint is told, and the one before it is used", arguments: damages.map(\.key))
    func oneDamaged(name: String) throws {
        try withWorkspace { one in
            let expected = try undisturbed(Self.runs[0], one)
            try withWorkspace { two in
                let checkpoints = try killedAtSix(two)
                #expect(checkpoints.map { $0.split(separator: "/").last } == ["5.tar", "6.tar"])
                try damage(checkpoints[1], name)
                var told: [String] = []
                let ending = try runner(Self.runs[0], two) { event in
                    if case .unusableCheckpoint(let path, let reason, let next) = event {
                        #expect(path == checkpoints[1] && next == checkpoints[0])
                        told.append(reason)
                    }
                }.run()
                guard case .finished(let record, _) = ending else { throw Killed() }
                #expect(told.count == 1 && told[0].hasPrefix("cannot read '\(checkpoints[1])': it is damaged: "))
                #expect(record.resumedFromSteps == [5])
                #expect(try files(two) == expected)
            }
        }
    }

    @Test("When no checkpoint can be used, that is told, and the run begins anew")
    func allDamaged() throws {
        try withWorkspace { one in
            let expected = try undisturbed(Self.runs[0], one)
            try withWorkspace { two in
                let checkpoints = try killedAtSix(two)
                for (path, name) in zip(checkpoints, ["empty", "a bit"]) { try damage(path, name) }
                var nexts: [String?] = []
                let ending = try runner(Self.runs[0], two) { event in
                    if case .unusableCheckpoint(_, _, let next) = event { nexts.append(next) }
                }.run()
                guard case .finished(let record, _) = ending else { throw Killed() }
                #expect(nexts == [checkpoints[0], nil])
                #expect(record.resumedFromSteps.isEmpty)
                #expect(try files(two) == expected)
            }
        }
    }

    private func damage(_ path: String, _ name: String) throws {
        let change = try #require(Self.damages.first { $0.key == name }?.value)
        try change(try FileContents.data(at: path)).write(to: URL(filePath: path))
    }

    @Test("By force, a run begins anew")
    func forced() throws {
        try withWorkspace { workspace in
            _ = try killedAtSix(workspace)
            var first: Int?
            let ending = try runner(Self.runs[0], workspace) { event in
                if case .training(.started(_, let steps)) = event { first = steps }
            }.run(isForced: true)
            guard case .finished(let record, _) = ending else { throw Killed() }
            #expect(first == 0 && record.resumedFromSteps.isEmpty)
        }
    }

    @Test("By default there are checkpoints after evaluations")
    func defaults() throws {
        try withWorkspace { workspace in
            var saved: [Int] = []
            _ = try runner([], workspace) { event in
                if case .training(.saving(let snapshot)) = event { saved.append(snapshot.progress.step) }
            }.run()
            // Later ones are left out where the disk is slow.
            #expect(saved.first == 2 && saved.allSatisfy { $0 % 2 == 0 && $0 < 8 })
        }
    }
}
