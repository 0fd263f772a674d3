import Experiment
import Foundation
import Results
import Training

/// `peftexp run`
let runCommand = Command(
    CommandForm(
        "run",
        "Train, score and write the result. A run that has finished before is found, one that was interrupted, killed or failed goes on.",
        [ManifestCommand.manifest],
        options: [
            ManifestCommand.results, .flag("force", "run from the beginning, whatever is there"), ManifestCommand.json,
            ManifestCommand.threads,
        ], takesOverrides: true,
        examples: [
            "run experiments/squad-ptv2.yaml",
            "run experiments/squad-ptv2.yaml train.learning_rate=5e-3 data.max_train_samples=200",
        ])
) { arguments, console in
    try ManifestCommand.with(arguments, console) { resolved, workspace in
        Interrupt.install()
        let assembly = try Assembly(resolved, workspace)
        let screen = RunScreen(console, Terminal(descriptor: 2))
        let runner = Runner(assembly, workspace) { screen.show($0) }
        let ending: RunEnding
        do {
            ending = try runner.run(isForced: arguments.has("force")) { Interrupt.outcome != nil }
        } catch {
            screen.end()
            throw error
        }
        screen.end()
        switch ending {
        case .foundFinished(let record, let path):
            console.talk("This run has finished before (\(record.ended ?? "no date")); --force runs it again.\n")
            console.out(arguments.has("json") ? record.text : ResultText.text(record, path: path))
            return .done
        case .finished(let record, let path):
            console.out(arguments.has("json") ? record.text : ResultText.text(record, path: path))
            return .done
        case .interrupted(let record, let path):
            let steps = record.steps ?? 0
            console.talk(
                steps == 0
                    ? "Interrupted before the first step was done; the same command begins again.\n"
                    : "Interrupted after step \(steps); what was trained so far stands in \(path)/checkpoint.\n"
                        + "The same command goes on from there, with --force from the beginning.\n")
            if arguments.has("json") { console.out(record.text) }
            return Interrupt.outcome ?? .interrupted
        }
    }
}

/// Draws a run: the plan in short, one line of progress, and a line for each evaluation.
private final class RunScreen {
    private let console: Console
    private var line: ProgressLine
    private let clock = ContinuousClock()
    private let start: ContinuousClock.Instant
    private var stepCount = 0
    private var speed: Double?
    private var recentSeconds: [Double] = []

    init(_ console: Console, _ terminal: Terminal) {
        self.console = console
        line = ProgressLine(terminal)
        start = clock.now
    }

    func show(_ event: RunEvent) {
        switch event {
        case .planned(let plan): console.talk(plan.summary)
        case .activations(let text): console.talk(line.message(text))
        case .keeping(let done, let total):
            draw(ProgressState("frozen layers", step: done, of: total))
        case .scoring(let done, let total):
            draw(ProgressState("scoring", step: done, of: total))
        case .unusableCheckpoint(let path, let reason, let next):
            let way = next.map { "trying the one before it, \($0)" } ?? "training begins anew"
            console.talk("The checkpoint \(path) cannot be used: \(reason); \(way).\n")
        case .training(.started(let plan, let finishedSteps)):
            stepCount = plan.totalSteps
            if finishedSteps > 0 { console.talk("Continuing at step \(finishedSteps) of \(stepCount).\n") }
        case .training(.stepped(let step)):
            recentSeconds = recentSeconds.suffix(19) + [step.seconds]
            let mean = recentSeconds.reduce(0, +) / Double(recentSeconds.count)
            if step.seconds > 0 { speed = Double(step.tokens) / step.seconds }
            draw(
                ProgressState(
                    "training", step: step.step, of: stepCount, loss: step.loss, tokensPerSecond: speed,
                    secondsLeft: mean * Double(stepCount - step.step)))
        case .training(.evaluated(let evaluation)):
            let scores = evaluation.scores.map { "\($0.name) \(FigureText.metric($0.value))" }
            let epoch = FigureText.fixed(evaluation.epoch, decimals: 2)
            console.talk(line.message("step \(evaluation.step), epoch \(epoch): \(scores.joined(separator: ", "))"))
        case .training: break
        }
    }

    func end() { console.talk(line.end()) }

    private func draw(_ state: ProgressState) {
        if let text = line.update(state, at: (clock.now - start) / .seconds(1)) { console.talk(text) }
    }
}
