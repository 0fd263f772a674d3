import Files
import Results

/// `peftexp report`
let reportCommand = Command(
    CommandForm(
        "report", "Write one HTML file on the runs below a folder: the table, curves, settings, plan against actual.",
        details: """
            The file needs no network and no script. Pictures are about one metric; parallel coordinates show them all.
            """,
        [.init("DIR", "a folder of results, or of one experiment")],
        options: [
            .value(
                "output", "FILE", "the file to write; DIR/report.html unless given, '-' for standard output", short: "o"
            ),
            .value("metric", "NAME", "the metric to draw; the one that runs are selected by unless given"),
            .value("title", "TEXT", "what stands above it; the folder unless given"),
        ],
        examples: ["report results/sst2-grid", "report results -o report.html --metric accuracy"])
) { arguments, console in
    let folder = arguments.positionals[0]
    let output = arguments.value("output") ?? "\(folder)/report.html"
    if output.isEmpty { throw UsageError("--output needs the name of a file") }
    return try ResultsCommand.asking(console) {
        let collection = try RunCollection([folder])
        let report = try Report(
            collection, title: arguments.value("title") ?? folder, metric: arguments.value("metric"))
        let problems = collection.problems + report.problems
        for problem in problems { console.talk("left out: \(problem)\n") }
        if output == "-" {
            console.out(report.html)
        } else {
            do { try AtomicFile.write(report.html, to: output) } catch {
                console.talk("peftexp: error: \(error)\n")
                return .failed
            }
            console.out("\(output)\n")
        }
        return problems.isEmpty ? .done : .failed
    }
}
