import Experiment
import Files
import Foundation
import NN
import Results
import Testing
import Training

/// Runs that something happens to, at a place that only a run in this process can choose.
@Suite("Runner")
struct RunnerTests {
    @Test("A scoring is interrupted between two batches")
    func interruptedScoring() throws {
        try withWorkspace { workspace in
            let resolved = try TinyExperiment.resolved("train.per_device_eval_batch_size=1", "train.max_steps=2")
            var scored = 0
            let runner = Runner(try Assembly(resolved, workspace), workspace) { event in
                if case .scoring(let done, _) = event { scored = done }
            }
            let ending = try runner.run(isInterrupted: { scored == 3 })
            guard case .interrupted(let record, let path) = ending else {
                Issue.record("it ended as \(ending)")
                return
            }
            #expect(scored == 3)
            #expect(record.status == .interrupted)
            #expect(record.steps == 2)
            #expect(FileContents.exists("\(path)/checkpoint/1.tar"))
            #expect(!FileContents.exists("\(path)/predictions.jsonl"))
        }
    }

    @Test("A folder that is lost on the way ends the run, which makes no other", arguments: [1, 2, 8])
    func lostFolder(step: Int) throws {
        try withWorkspace { workspace in
            let assembly = try Assembly(try TinyExperiment.resolved(), workspace)
            let runner = Runner(assembly, workspace) { event in
                if case .training(.stepped(let report)) = event, report.step == step {
                    try Folder.remove(workspace.results)
                }
            }
            let path = "\(workspace.results)/tiny/\(assembly.id)"
            let error = #expect(throws: ResultError.self) { try runner.run() }
            #expect(error == .lost(path: path))
            #expect(!Folder.exists(workspace.results))
        }
    }

    @Test("A folder that came into the place of the lost one stays as it is")
    func replacedFolder() throws {
        try withWorkspace { workspace in
            let assembly = try Assembly(try TinyExperiment.resolved(), workspace)
            let path = "\(workspace.results)/tiny/\(assembly.id)"
            let runner = Runner(assembly, workspace) { event in
                if case .training(.evaluating) = event {
                    try Folder.remove(path)
                    try Folder.make(path)
                }
            }
            #expect(throws: ResultError.lost(path: path)) { try runner.run() }
            #expect(try Folder.names(in: path).isEmpty)
        }
    }

    @Test("An error of whoever watches is the run's end, and its reason is kept")
    func failure() throws {
        struct Watcher: Error, CustomStringConvertible { let description = "nobody watches" }
        try withWorkspace { workspace in
            let assembly = try Assembly(try TinyExperiment.resolved(), workspace)
            let runner = Runner(assembly, workspace) { event in
                if case .training(.logged) = event { throw Watcher() }
            }
            #expect(throws: Watcher.self) { try runner.run() }
            let folder = try RunFolder(results: workspace.results, name: "tiny", id: assembly.id)
            #expect(try folder.record()?.status == .failed)
            #expect(try folder.record()?.error == "nobody watches")
        }
    }

    @Test(
        "times are planned by the rate of the precision in which most weights multiply",
        arguments: [("LORA", Precision.bfloat16), ("FULL", .float32)])
    func precision(method: String, precision: Precision) throws {
        try withWorkspace { workspace in
            let resolved = try TinyExperiment.resolved("model.dtype=bfloat16", "peft={peft_type: \(method)}")
            let assembly = try Assembly(resolved, workspace)
            #expect(assembly.productPrecision == precision)
            let plan = try Plan(assembly, ProductProbe(workspace, assembly.productPrecision))
            #expect(plan.text.contains("operations/s in float32") == (precision == .float32))
        }
    }
}
