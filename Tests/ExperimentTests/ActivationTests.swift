import Configuration
import Experiment
import Files
import Foundation
import Results
import Tensors
import Testing
import Training
import YAML

/// Runs that keep what the frozen layers make of each example.
@Suite("Kept activations")
struct ActivationTests {
    /// A probe, a method in the upper layer, and both kinds of keeping that.
    static let methods = [
        "peft={peft_type: LINEAR}",
        "peft={peft_type: LORA, r: 3, layers_to_transform: [1]}",
        "peft=[{peft_type: BOTTLENECK, leave_out: [0]}, {peft_type: IA3, exclude_modules: '.*\\.0\\..*'}]",
    ]
    private static let common = [
        "model.hidden_dropout_prob=0.2", "model.attention_probs_dropout_prob=0.1", "model.frozen_dropout=false",
        "train.eval_strategy=epoch",
    ]

    /// What a run gave: everything that its result depends on, what was said of activations, and the record.
    private struct Outcome {
        let files: [Data]
        /// The losses of the log.
        let losses: [Double]
        let record: RunRecord
        let lines: [String]
        /// Features that went through the frozen layers.
        let computed: Int
    }

    private func run(_ words: [String], _ workspace: Workspace, isForced: Bool = false) throws -> Outcome {
        let resolved = try ResolvedManifest(TinyExperiment.manifest, overrides: Self.common + words)
        var (lines, computed): ([String], Int) = ([], 0)
        let runner = Runner(try Assembly(resolved, workspace), workspace) { event in
            switch event {
            case .activations(let line): lines.append(line)
            case .keeping(let done, let total): computed += done == total ? total : 0
            default: break
            }
        }
        guard case .finished(let record, let path) = try runner.run(isForced: isForced) else {
            throw CancellationError()
        }
        let files = try ["adapter/training_state.safetensors", "predictions.jsonl"].map {
            try FileContents.data(at: "\(path)/\($0)")
        }
        let log = try FileContents.text(at: "\(path)/metrics.jsonl").split(separator: "\n")
        let losses = try log.compactMap { try JSONText.parse(String($0), file: "metrics.jsonl")["loss"]?.number }
        return Outcome(files: files, losses: losses, record: record, lines: lines, computed: computed)
    }

    private func cacheFiles(_ workspace: Workspace) throws -> [String] {
        let folder = try #require(workspace.cache).path + "/activations-v1"
        return try Folder.names(in: folder).map { "\(folder)/\($0)" }
    }

    @Test("in memory and on disk give the same run to the bit, with any number of threads", arguments: methods)
    func places(method: String) throws {
        try withWorkspace { workspace in
            let memory = try run([method, "train.activation_cache=memory"], workspace)
            let disk = try run([method, "train.activation_cache=disk"], workspace, isForced: true)
            let found = try run([method, "train.activation_cache=disk"], workspace, isForced: true)
            let single = try Parallel.$threadCount.withValue(1) {
                try run([method, "train.activation_cache=memory"], workspace, isForced: true)
            }
            #expect(memory.record.activations["train"]?.place == .memory)
            #expect(disk.record.activations["eval"]?.place == .disk)
            #expect(memory.computed > 0 && disk.computed == memory.computed && found.computed == 0)
            #expect(memory.lines.count == 1 && memory.lines[0].hasPrefix("Activations kept, computed once "))
            #expect(found.lines[0].contains("on disk for training, found there"))
            for other in [disk, found, single] {
                #expect(other.files == memory.files)
                #expect(other.record.metrics == memory.record.metrics)
            }
        }
    }

    @Test("leave the run as it is without them", arguments: methods)
    func withoutThem(method: String) throws {
        try withWorkspace { workspace in
            let kept = try run([method], workspace)
            let plain = try run([method, "train.activation_cache=off"], workspace, isForced: true)
            #expect(plain.record.activations["train"]?.place == .off)
            #expect(plain.lines == ["No activations are kept: train.activation_cache is off."])
            // They are computed in other batches, which is to say with other roundings.
            #expect(plain.record.metrics == kept.record.metrics)
            #expect(kept.losses.count == 8 && plain.losses.count == 8)
            #expect(zip(kept.losses, plain.losses).allSatisfy { abs($0 - $1) <= 1e-5 })
            // Less is computed, and as much as was planned.
            let planned = try [kept, plain].map { try #require($0.record.plan["operations"]?.planned) }
            #expect(planned[0] < planned[1])
        }
    }

    @Test("do not depend on the order, nor on the sizes of batches")
    func batches() throws {
        try withWorkspace { workspace in
            let disk = [Self.methods[1], "train.activation_cache=disk"]
            _ = try run(disk, workspace)
            let before = try cacheFiles(workspace).map { try FileContents.data(at: $0) }
            let other = ["train.per_device_train_batch_size=3", "train.per_device_eval_batch_size=2", "seed=3"]
            #expect(try run(disk + other, workspace).computed == 0)
            for file in try cacheFiles(workspace) { try Folder.remove(file) }
            #expect(try run(disk + other + ["train.num_train_epochs=3"], workspace).computed > 0)
            #expect(try cacheFiles(workspace).map { try FileContents.data(at: $0) } == before)
        }
    }

    /// What may have happened to a file of the cache.
    private static let damages: KeyValuePairs<String, @Sendable (Data) -> Data> = [
        "empty": { _ in Data() }, "cut short": { $0.prefix($0.count / 2) }, "longer": { $0 + Data([0]) },
        "header": { flip($0, 9) }, "a row": { flip($0, $0.count / 2) }, "checksum": { flip($0, $0.count - 3) },
        "of another version": { data in
            // Whole, but every number a little different.
            var payload = data.dropFirst(64).dropLast(8).map { $0 }
            for index in stride(from: 0, to: payload.count, by: 4) { payload[index] ^= 1 }
            let sum = XXHash64.checksum(of: Data(payload).bytes)
            let bytes = stride(from: UInt64(0), to: 64, by: 8).map { UInt8(truncatingIfNeeded: sum &>> $0) }
            return data.prefix(64) + Data(payload) + Data(bytes)
        },
    ]

    private static func flip(_ data: Data, _ place: Int) -> Data {
        var data = data
        data[place] ^= 4
        return data
    }

    @Test("are computed anew where their file is damaged, which is told", arguments: damages.map(\.key))
    func damaged(name: String) throws {
        let change = try #require(Self.damages.first { $0.key == name }?.value)
        try withWorkspace { workspace in
            let disk = [Self.methods[1], "train.activation_cache=disk"]
            let expected = try run(disk, workspace)
            let files = try cacheFiles(workspace)
            let whole = try files.map { try FileContents.data(at: $0) }
            #expect(files.count == 2)
            for (file, data) in zip(files, whole) { try change(data).write(to: URL(filePath: file)) }
            let again = try run(disk, workspace, isForced: true)
            #expect(again.files == expected.files && again.computed == expected.computed)
            let told = again.lines.filter { $0.contains(" cannot be used (") && $0.hasSuffix("; computed anew.") }
            #expect(told.count == 2, "\(again.lines)")
            #expect(try files.map { try FileContents.data(at: $0) } == whole)
        }
    }

    @Test("are kept in memory where the disk takes nothing, which is told")
    func noDisk() throws {
        try withWorkspace { workspace in
            let expected = try run([Self.methods[0], "train.activation_cache=memory"], workspace)
            // A file stands where the folder would be made.
            let cache = try #require(workspace.cache).path
            try Folder.make(cache)
            try AtomicFile.write("", to: "\(cache)/activations-v1")
            let other = try run([Self.methods[0], "train.activation_cache=disk"], workspace, isForced: true)
            #expect(other.files == expected.files)
            #expect(other.record.activations["train"]?.place == .memory)
            #expect(other.lines.filter { $0.contains("could not be written") && $0.contains("in memory") }.count == 2)
        }
    }

    @Test("that do not fit are not kept, and the key that says so is named")
    func budget() throws {
        try withWorkspace { workspace in
            let none = try run([Self.methods[1], "train.activation_cache_gb=0.000001"], workspace)
            #expect(none.record.activations["train"]?.place == .off && none.record.activations["eval"]?.place == .off)
            let reason = try #require(none.record.activations["train"]?.reason)
            #expect(reason.contains(" are needed and train.activation_cache_gb leaves 1.00 kB"), "\(reason)")
            #expect(none.computed == 0)
            // Room for what is trained on alone.
            let all = try run([Self.methods[1]], workspace, isForced: true)
            let needed = try #require(all.record.activations["train"]?.bytes)
            let some = try run(
                [Self.methods[1], "train.activation_cache_gb=\(Double(needed) / 1e9)"], workspace, isForced: true)
            #expect(some.record.activations["train"]?.bytes == needed)
            #expect(some.record.activations["eval"]?.place == .off)
            #expect(some.record.metrics == all.record.metrics)
        }
    }

    @Test(
        "are not kept for a reason that is told",
        arguments: [
            (["model.frozen_dropout=true", methods[0]], "dropout is on in all 2 layers below the head"),
            (["model.frozen_dropout=true", methods[1]], "dropout is on below layer 1 of 2"),
            (["peft={peft_type: LORA}"], "something is trained in the lowest layer"),
            (["peft={peft_type: FULL}"], "the embeddings are trained"),
            (["peft={peft_type: PROMPT_TUNING, num_virtual_tokens: 3}"], "virtual tokens stand among the embeddings"),
            ([methods[0], "train.num_train_epochs=1"], "no example is read twice"),
        ])
    func reasons(words: [String], reason: String) throws {
        try withWorkspace { workspace in
            let outcome = try run(words, workspace)
            #expect(outcome.record.activations["train"]?.reason?.hasPrefix(reason) == true)
            #expect(outcome.computed == 0 || outcome.record.activations["eval"]?.place == .memory)
            let assembly = try Assembly(
                try ResolvedManifest(TinyExperiment.manifest, overrides: Self.common + words), workspace)
            #expect(assembly.activations.training.reason?.hasPrefix(reason) == true)
        }
    }

    @Test("without dropout of their own, are kept of what is scored while training has dropout")
    func evaluation() throws {
        try withWorkspace { workspace in
            let outcome = try run([Self.methods[0], "model.frozen_dropout=true"], workspace)
            #expect(outcome.record.activations["train"]?.place == .off)
            #expect(outcome.record.activations["eval"]?.place == .memory)
            let plain = try run(
                [Self.methods[0], "model.frozen_dropout=true", "train.activation_cache=off"], workspace, isForced: true)
            #expect(plain.files[0] == outcome.files[0] && plain.record.metrics == outcome.record.metrics)
        }
    }

    @Test("are on disk in sweeps, whose trials share them, though each reads them once")
    func sweeps() throws {
        try withWorkspace { workspace in
            var shared = workspace
            shared.isShared = true
            let once = [Self.methods[1], "train.num_train_epochs=1"]
            let first = try run(once, shared)
            #expect(first.record.activations["train"]?.place == .disk && first.computed > 0)
            #expect(try run(once + ["train.learning_rate=1e-3"], shared).computed == 0)
            // Who comes later finds them too.
            #expect(try run([Self.methods[1], "seed=8"], workspace).record.activations["train"]?.place == .disk)
        }
    }

    @Test("that are interrupted are computed by the next attempt")
    func interrupted() throws {
        try withWorkspace { workspace in
            let words = Self.common + [Self.methods[0]]
            let expected = try run([Self.methods[0]], workspace)
            try withWorkspace { other in
                let resolved = try ResolvedManifest(TinyExperiment.manifest, overrides: words)
                var isStopped = false
                let runner = Runner(try Assembly(resolved, other), other) { event in
                    if case .keeping = event { isStopped = true }
                }
                guard case .interrupted(let record, _) = try runner.run(isInterrupted: { isStopped }) else {
                    Issue.record("it went on")
                    return
                }
                #expect(record.steps == 0)
                #expect(try run([Self.methods[0]], other).files == expected.files)
            }
        }
    }

    @Test("are written by several runs at once, which read what is whole")
    func together() throws {
        try withWorkspace { workspace in
            let disk = [Self.methods[1], "train.activation_cache=disk"]
            let folders = (0..<3).map { workspace.with(results: "\(workspace.results)-\($0)") }
            let outcomes = Outcomes()
            DispatchQueue.concurrentPerform(iterations: folders.count) { index in
                outcomes.add(try? run(disk, folders[index]).files)
            }
            let all = outcomes.all
            #expect(all.count == 3 && all.allSatisfy { $0 != nil && $0 == all[0] })
            let files = try cacheFiles(workspace)
            #expect(files.count == 2)
        }
    }

    @Test("of older runs go when there is no more room")
    func room() throws {
        try withWorkspace { workspace in
            let disk = [Self.methods[1], "train.activation_cache=disk"]
            _ = try run(disk, workspace)
            let first = try cacheFiles(workspace)
            let bytes = try first.reduce(0) { try $0 + FileContents.data(at: $1).count }
            // Others of the same size, and room for one and a half times that.
            _ = try run(
                disk + ["task.max_seq_length=39", "train.activation_cache_gb=\(1.5 * Double(bytes) / 1e9)"], workspace)
            let second = try cacheFiles(workspace)
            #expect(second.count < 4 && !Set(first).isSubset(of: second))
        }
    }

    @Test("of an encoder-decoder are not kept, and dropout below what is trained is not left out")
    func refusals() throws {
        let t5 = TinyExperiment.root + "/Tests/ModelsTests/Golden/tiny-t5"
        let mistakes = try TinyExperiment.mistakes([
            "model.path=\(t5)", "model.frozen_dropout=false", "task={task_type: SEQ_2_SEQ_LM}",
            "data={format: jsonl, train: train.json}", "peft={peft_type: LORA}",
        ])
        #expect(mistakes.contains { $0.contains("an encoder-decoder has dropout in both networks") }, "\(mistakes)")
        let contradiction = try TinyExperiment.mistakes(["train.activation_cache=off", "train.activation_cache_gb=1"])
        #expect(contradiction.contains { $0.contains("with 'activation_cache: off' nothing is kept") })
    }
}

/// What several threads gave.
private final class Outcomes: @unchecked Sendable {
    private let lock = NSLock()
    private var gathered: [[Data]?] = []

    func add(_ files: [Data]?) { lock.withLock { gathered.append(files) } }

    var all: [[Data]?] { lock.withLock { gathered } }
}
