import Experiment
import Files
import Foundation
import Generation

/// `peftexp generate`
let generateCommand = Command(
    CommandForm(
        "generate", "Let a language model write: for one prompt, or for each line of a file.",
        [.init("RUN|MODEL", "folder of a finished run, or of a checkpoint")],
        options: [
            .value("prompt", "TEXT", "what to go on from; on a terminal the text is shown as it grows"),
            .value("input", "FILE", "JSON lines with prompt, text or messages; a line of JSON comes out for each"),
            .value("adapter", "DIR", "an adapter for the checkpoint, of PEFT's or this program's"),
            .value("max-new-tokens", "N", "tokens at most, as max_new_tokens=N"),
            .value("seed", "N", "seed of what is drawn; the run's own, or 42, unless given"),
            ManifestCommand.json, ManifestCommand.threads,
        ], takesOverrides: true,
        overrideHelp: "a setting, as in num_beams=4; 'peftexp explain generation' tells all",
        examples: [
            "generate results/e2e/33335a30f37e --input questions.jsonl num_beams=4 length_penalty=0.9",
            "generate models/gpt2 --adapter saved --prompt 'The name of the' do_sample=true top_p=0.9 temperature=0.8",
        ])
) { arguments, console in
    let (prompt, input) = (arguments.value("prompt"), arguments.value("input"))
    if prompt == nil && input == nil {
        throw UsageError("there is nothing to go on from; give --prompt TEXT or --input FILE")
    }
    if prompt != nil && input != nil { throw UsageError("give --prompt or --input, not both") }
    if let input, !FileContents.exists(input) { throw UsageError("there is no file '\(input)'") }
    let seed = try arguments.integer("seed", in: 0...Int(Int32.max))
    var overrides = arguments.overrides
    if let count = try arguments.integer("max-new-tokens", in: 1...(1 << 20)) {
        overrides.append("max_new_tokens=\(count)")
    }
    return try ManifestCommand.reporting(arguments, console) { _ in
        let generator = try textGenerator(arguments, overrides: overrides, seed: seed)
        for note in generator.notes { console.talk("note: \(note)\n") }
        if let prompt { return try answer(prompt, generator, arguments, console) }
        return try answer(file: input ?? "", generator, console)
    }
}

/// The model that the arguments name: a run has a manifest, a checkpoint a configuration.
private func textGenerator(_ arguments: Arguments, overrides: [String], seed: Int?) throws -> TextGenerator {
    let (folder, adapter) = (arguments.positionals[0], arguments.value("adapter"))
    guard Folder.exists(folder) else { throw UsageError("there is no folder '\(folder)'") }
    guard FileContents.exists("\(folder)/manifest.yaml") else {
        guard FileContents.exists("\(folder)/config.json") else {
            throw UsageError(
                "'\(folder)' has neither manifest.yaml, as a run has, nor config.json, as a checkpoint has; "
                    + "give results/<name>/<run id>, or the folder of a model")
        }
        return try TextGenerator(model: folder, adapter: adapter, overrides: overrides, seed: seed)
    }
    if adapter != nil { throw UsageError("--adapter belongs to a checkpoint; a run has its own") }
    return try TextGenerator(run: folder, overrides: overrides, seed: seed)
}

/// Writes what comes for a prompt: piece by piece where somebody watches.
private func answer(
    _ prompt: String, _ generator: TextGenerator, _ arguments: Arguments, _ console: Console
) throws -> Outcome {
    let isWatched = Terminal(descriptor: 1).isTerminal && !arguments.has("json")
    var isBegun = false
    let found: PromptedTexts
    do {
        found = try generator.texts(for: prompt) { text in
            guard isWatched else { return }
            console.out(isBegun ? text : generator.shown(prompt) + text)
            isBegun = true
        }
    } catch let error as GenerationError {
        throw UsageError("\(error)")
    }
    if let note = generator.note(on: [found]), !isWatched { console.talk("note: \(note)\n") }
    if arguments.has("json") {
        console.out(found.json.compactText + "\n")
    } else if isBegun {
        console.out("\n")
        if let note = generator.note(on: [found]) { console.talk("note: \(note)\n") }
    } else {
        console.out(found.texts.map { generator.shown(prompt) + $0.text + "\n" }.joined(separator: "\n"))
    }
    return .done
}

/// Writes a line for each line of a file.
private func answer(file: String, _ generator: TextGenerator, _ console: Console) throws -> Outcome {
    var line = ProgressLine(Terminal(descriptor: 2))
    let (clock, start) = (ContinuousClock(), ContinuousClock().now)
    let found = try generator.texts(forFile: file) { done, total in
        let state = ProgressState("generating", step: done, of: total)
        if let text = line.update(state, at: (clock.now - start) / .seconds(1)) { console.talk(text) }
    }
    console.talk(line.end())
    if let note = generator.note(on: found) { console.talk("note: \(note)\n") }
    for texts in found { console.out(texts.json.compactText + "\n") }
    return .done
}
