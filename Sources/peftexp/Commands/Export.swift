import Configuration
import Experiment
import Files

/// `peftexp export`
let exportCommand = Command(
    CommandForm(
        "export", "Write what a run has trained for other programs.",
        [.init("RUN", "folder of a finished run")],
        options: [
            .value(
                "format", "FORMAT",
                "peft: an adapter for PEFT, or for the library that has the method; merged: a checkpoint without adapter"
            ),
            .value("output", "DIR", "folder to write to; RUN/export/FORMAT unless given"),
        ],
        examples: [
            "export results/sst2/33335a30f37e --format peft",
            "export results/sst2/33335a30f37e --format merged --output merged",
        ])
) { arguments, console in
    let names = Exporter.Format.allCases.map(\.rawValue)
    guard let name = arguments.value("format") else {
        throw UsageError("missing --format; it is one of \(names.joined(separator: ", "))")
    }
    guard let format = Exporter.Format(rawValue: name) else {
        throw UsageError(
            "there is no format '\(name)'; it is one of \(names.joined(separator: ", "))",
            suggestion: Suggestion.nearest(to: name, among: names))
    }
    return try ManifestCommand.reporting(arguments, console) { _ in
        let run = arguments.positionals[0]
        let folder = arguments.value("output") ?? "\(run)/export/\(name)"
        let exporter = try Exporter(run: run)
        try exporter.write(format, to: folder)
        if let note = exporter.note(on: format) { console.talk("note: \(note)\n") }
        console.out("\(folder)\n")
        return .done
    }
}
