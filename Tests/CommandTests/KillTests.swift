import Files
import Foundation
import Testing
import YAML

/// Runs whose process is killed without warning, again and again, at moments that a seed decides.
@Suite("Killed runs")
struct KillTests {
    /// Methods as changes to the manifest; five kills each make twenty.
    static let runs: [[String]] = [
        ["peft.num_virtual_tokens=4"],
        [
            "peft={peft_type: ADALORA, init_r: 4, target_r: 2, tinit: 20, tfinal: 60, lora_dropout: 0.1}",
            "train.gradient_accumulation_steps=2",
        ],
        ["peft={peft_type: LORA, r: 3, use_dora: true}", "train.early_stopping_patience=7"],
        ["peft={peft_type: FULL}", "train.learning_rate=1e-3", "train.load_best_model_at_end=false"],
    ]
    private static let killCount = 5
    private static let steps = 240
    private static let common = [
        "train.max_steps=\(steps)", "train.eval_strategy=steps", "train.eval_steps=25", "model.hidden_dropout_prob=0.1",
        "model.attention_probs_dropout_prob=0.1",
    ]

    /// Numbers that look random and are the same each time.
    private struct Moments {
        var state: UInt64

        mutating func next(below bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
    }

    /// What a run has written that has to be the same, whatever happened to its process.
    private func files(_ place: Workplace, _ results: String) throws -> [String: String] {
        let run = try place.runFolder(in: results)
        var files: [String: String] = [:]
        for name in try Folder.names(in: place.file("\(run)/adapter")) {
            files[name] = try place.data("\(run)/adapter/\(name)").base64EncodedString()
        }
        files["names"] = try Folder.names(in: place.file(run), includesHidden: true).joined(separator: " ")
        files["predictions"] = try place.text("\(run)/predictions.jsonl")
        files["metrics"] = try place.jsonLines("\(run)/metrics.jsonl").map { line in
            guard case .object(let values) = JSON(line) else { return "no object" }
            return JSON.object(values.filter { $0.key != "tokens_per_second" }).compactText
        }.joined(separator: "\n")
        let record = try place.json("\(run)/result.json")
        for key in ["status", "metrics", "steps", "trainable_parameters", "run_id", "hashes"] {
            files[key] = record[key].map { JSON($0).compactText }
        }
        for key in ["steps", "train_tokens", "operations"] {
            files["\(key) in all"] = record["plan"]?[key].map { JSON($0).compactText }
        }
        return files
    }

    private func loggedLines(_ place: Workplace, _ results: String) -> Int {
        guard let run = try? place.runFolder(in: results), let text = try? place.text("\(run)/metrics.jsonl") else {
            return 0
        }
        return text.utf8.count { $0 == UInt8(ascii: "\n") }
    }

    @Test("A run that is killed and started again ends with the same bits", arguments: runs.indices)
    func killed(index: Int) throws {
        try Workplace.with { place in
            let words = ["run", "tiny.yaml"] + Self.runs[index] + Self.common
            let whole = try RunningProgram(place, words + ["--results", "whole", "--threads", "1"]).wait()
            try #require(whole.status == 0, "\(whole.talk)")
            let expected = try files(place, "whole")

            var moments = Moments(state: UInt64(index))
            var (kills, folder, continued) = (0, 1, 0)
            for _ in 1...60 {
                let results = "killed-\(folder)"
                let (every, threads) = (5 + moments.next(below: 10), 1 + moments.next(below: 2))
                let program = try RunningProgram(
                    place,
                    words + ["--results", results, "--threads", "\(threads)", "train.save_steps=\(every)"])
                if kills < Self.killCount {
                    // Once the log has reached some line, or, of each three, once whatever it says; and then a little later.
                    let line = moments.next(below: 3) == 0 ? 0 : (kills + 1) * 40 + moments.next(below: 40)
                    let delay = UInt32(moments.next(below: line == 0 ? 150_000 : 15_000))
                    program.send(SIGKILL) {
                        guard loggedLines(place, results) >= line else { return false }
                        usleep(delay)
                        return true
                    }
                }
                let ending = try program.wait()
                if ending.talk.contains("Continuing at step ") { continued += 1 }
                if ending.status == -SIGKILL {
                    kills += 1
                    continue
                }
                #expect(ending.status == 0, "\(ending.talk)")
                #expect(try files(place, results) == expected, "after \(kills) kills")
                if kills == Self.killCount { break }
                // It was faster than the kill: another one.
                folder += 1
            }
            #expect(kills == Self.killCount)
            #expect(continued > 0)
        }
    }
}
