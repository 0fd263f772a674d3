import Experiment
import Files
import Foundation
import Tensors
import YAML

/// `peftexp predict`
let predictCommand = Command(
    CommandForm(
        "predict", "Ask a trained model: one line of JSON for each line of the input.",
        [.init("RUN", "folder of a finished run; leave it out with --model", .optional)],
        options: [
            .value(
                "input", "FILE",
                "JSON lines with text, text and text_pair, tokens, question and context, or context and choices"),
            .value("model", "DIR", "a checkpoint, in place of a run"),
            .value("adapter", "DIR", "an adapter for the checkpoint, of PEFT's or this program's"),
            .flag("logits", "add the raw values"), ManifestCommand.threads,
        ], takesOverrides: true,
        overrideHelp: "a setting of the task, with --model, as in task.max_seq_length=128",
        examples: [
            "predict results/sst2/33335a30f37e --input questions.jsonl",
            "predict --model models/bert --adapter saved --input questions.jsonl --logits task.max_seq_length=128",
        ])
) { arguments, console in
    guard let input = arguments.value("input") else { throw UsageError("missing --input FILE") }
    guard FileContents.exists(input) else { throw UsageError("there is no file '\(input)'") }
    return try ManifestCommand.reporting(arguments, console) { workspace in
        let predictor: Predictor
        switch (arguments.positionals.first, arguments.value("model")) {
        case (let run?, nil):
            if arguments.value("adapter") != nil { throw UsageError("--adapter belongs to --model, not to a run") }
            if let first = arguments.overrides.first {
                throw UsageError("a run has its settings; '\(first)' belongs to --model")
            }
            predictor = try Predictor(run: run, workspace)
        case (nil, let model?):
            predictor = try Predictor(
                model: model, adapter: arguments.value("adapter"), overrides: arguments.overrides, workspace)
        case (nil, nil): throw UsageError("give the folder of a run, or --model DIR")
        case (_?, _?): throw UsageError("give the folder of a run or --model DIR, not both")
        }
        for note in predictor.notes { console.talk("note: \(note)\n") }
        var line = ProgressLine(Terminal(descriptor: 2))
        let (clock, start) = (ContinuousClock(), ContinuousClock().now)
        let predictions = try predictor.predictions(input, includesLogits: arguments.has("logits")) { done, total in
            let state = ProgressState("predicting", step: done, of: total)
            if let text = line.update(state, at: (clock.now - start) / .seconds(1)) { console.talk(text) }
        }
        console.talk(line.end())
        for prediction in predictions { console.out(prediction.compactText + "\n") }
        return .done
    }
}
