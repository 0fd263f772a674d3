import Results
import Tasks
import YAML

extension Plan {
    /// The whole plan in words.
    public var text: String {
        var lines = ["\(name): \(method) for \(task) on \(backbone), run \(id.text)", ""]
        lines += ["attached"] + attachments.map { "  \($0)" } + [""]
        lines.append("trained parameters")
        for parameter in trained.prefix(Self.shownParameters) { lines.append("  \(parameter.path) \(parameter.shape)") }
        if trained.count > Self.shownParameters { lines.append("  … and \(trained.count - Self.shownParameters) more") }
        let share = FigureText.percent(Double(trainableParameters) / Double(max(1, totalParameters)))
        lines.append(
            "  \(FigureText.count(trainableParameters)) of \(FigureText.count(totalParameters)), \(share)")
        if !unusedTensors.isEmpty {
            let shown = unusedTensors.prefix(4).joined(separator: ", ") + (unusedTensors.count > 4 ? ", …" : "")
            lines.append(
                "  not used of the checkpoint: \(FigureText.counted(unusedTensors.count, "tensor")) (\(shown))")
        }
        if !unreadKeys.isEmpty {
            lines.append("  not read of its configuration: \(unreadKeys.joined(separator: ", "))")
        }
        var table = TextTable([
            .text("data"), .number("examples"), .number("features"), .number("tokens"), .number("longest"),
        ])
        for (title, data) in [("train", training)] + (evaluation.map { [("eval", $0)] } ?? []) {
            table.append([
                title, "\(data.examples)", "\(data.features)", FigureText.count(data.tokens), "\(data.longest)",
            ])
        }
        lines += ["", table.text()]
        if !lossLines.isEmpty { lines += lossLines + [""] }
        lines.append(
            "\(FigureText.counted(steps, "step")) (\(stepsPerEpoch) an epoch, \(warmupSteps) of warm-up), \(FigureText.count(trainingTokens)) tokens"
        )
        lines.append(
            "training: \(FigureText.operations(Double(trainingOperations))) operations, about \(FigureText.duration(trainingSeconds)); "
                + "each scoring: \(FigureText.operations(Double(evaluationOperations))) operations, "
                + "about \(FigureText.duration(evaluationSeconds))")
        if let text = writing.text { lines.append(text) }
        if activationOperations > 0 {
            lines.append(
                "once before: \(FigureText.operations(Double(activationOperations))) operations, "
                    + "about \(FigureText.duration(activationSeconds))")
        }
        lines.append(activations.text)
        lines.append(
            "peak memory: about \(FigureText.bytes(peakBytes)); "
                + "products on this machine: \(FigureText.operations(operationsPerSecond)) operations/s"
                + (isWidened ? " in float32, for what is trained is not rounded" : ""))
        return lines.joined(separator: "\n") + "\n"
    }

    /// The plan in three lines, for the start of a run.
    public var summary: String {
        "\(name): \(method) for \(task) on \(backbone), run \(id.text)\n"
            + "\(FigureText.count(trainableParameters)) of \(FigureText.count(totalParameters)) parameters trained; "
            + "\(FigureText.counted(steps, "step")), \(FigureText.count(trainingTokens)) tokens\n"
            + "about \(FigureText.duration(trainingSeconds + activationSeconds)) of training and \(FigureText.bytes(peakBytes)) of memory\n"
            + lossLines.map { "\($0)\n" }.joined()
    }

    /// One line for each file of which something was left out, and for each with examples that are cut.
    private var lossLines: [String] {
        let files = [("data.train", training)] + (evaluation.map { [("data.eval", $0)] } ?? [])
        return files.filter { !$1.skipped.isEmpty }.map { "\($0): \($1.skipped)" }
            + files.filter { $1.truncated > 0 }.map { key, data in
                "\(key): \(data.truncated) of \(data.examples) examples are longer than task.max_seq_length and are cut"
            }
    }

    private static let shownParameters = 12

    /// The plan for scripts.
    public var json: JSON {
        .object([
            "name": .string(name), "task": .string(task), "method": .string(method), "backbone": .string(backbone),
            "run_id": .string(id.text), "attached": .array(attachments.map { .string($0) }),
            "trained": .array(
                trained.map { ["name": .string($0.path), "shape": .array($0.shape.map { .integer($0) })] }),
            "trainable_parameters": .integer(trainableParameters), "total_parameters": .integer(totalParameters),
            "unused_tensors": .array(unusedTensors.map { .string($0) }),
            "unread_config_keys": .array(unreadKeys.map { .string($0) }), "train": training.json,
            "eval": evaluation?.json ?? .null, "steps": .integer(steps), "steps_per_epoch": .integer(stepsPerEpoch),
            "warmup_steps": .integer(warmupSteps), "train_tokens": .integer(trainingTokens),
            "train_operations": .integer(trainingOperations), "eval_operations": .integer(evaluationOperations),
            "writing": writing.json,
            "activation_operations": .integer(activationOperations), "activation_seconds": .number(activationSeconds),
            "activation_cache": .string(activations.text), "train_seconds": .number(trainingSeconds),
            "eval_seconds": .number(evaluationSeconds),
            "peak_rss_bytes": .integer(peakBytes), "operations_per_second": .number(operationsPerSecond),
        ])
    }
}

extension Plan.DataFigures {
    var json: JSON {
        [
            "examples": .integer(examples), "features": .integer(features), "tokens": .integer(tokens),
            "longest": .integer(longest), "truncated": .integer(truncated),
            "skipped": .integer(skipped.count),
            "skipped_first": .array(skipped.first.map { .string($0.description) }),
        ]
    }
}
