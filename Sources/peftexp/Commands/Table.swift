import Foundation
import Results

/// `peftexp table`
let tableCommand = Command(
    CommandForm(
        "table", "Show the runs below folders of results, best first.",
        [.init("FOLDER", "a folder of results, of one experiment or of one run; ./results unless given", .any)],
        options: [
            .value(
                "columns", "NAMES",
                "with commas between: keys of the manifest, metrics, figures of the result; 'default', 'metrics', 'all'"
            ),
            .value("where", "CONDITION", "only runs that are so, as in 'train.learning_rate>=1e-3'; may stand often"),
            .value("sort", "NAME", "sort by a column, metrics best first; '-NAME' for the other way round"),
            .flag("group", "one row for the seeds of the same settings: mean ± half the 95% interval (Student's t)"),
            .value("format", "FORMAT", "text, csv, md or json; text unless given"),
            .flag("json", "the same as --format json"),
        ],
        examples: [
            "table", "table results/squad-ptv2 --group",
            "table --columns peft.peft_type,train.learning_rate,accuracy --where seed=11 --sort -accuracy",
        ])
) { arguments, console in
    var request = TableRequest()
    request.columns = arguments.value("columns")?.split(separator: ",").map {
        $0.trimmingCharacters(in: .whitespaces)
    }
    request.conditions = arguments.values("where")
    request.order = arguments.value("sort")
    request.isGrouped = arguments.has("group")
    let format = try ResultsCommand.format(arguments)
    let folders = arguments.positionals.isEmpty ? ["results"] : arguments.positionals
    return try ResultsCommand.asking(console) {
        let collection = try RunCollection(folders)
        for problem in collection.problems { console.talk("left out: \(problem)\n") }
        let outcome = collection.problems.isEmpty ? Outcome.done : .failed
        if collection.runs.isEmpty {
            console.talk("there are no runs below \(folders.map { "'\($0)'" }.joined(separator: ", "))\n")
            if format == .json { console.out("[]\n") }
            return outcome
        }
        let table = try ResultTable(collection.runs, request)
        if table.isEmpty { console.talk("none of \(collection.runs.count) runs is as --where wants it\n") }
        switch format {
        case .csv: console.out(table.csv)
        case .md: console.out(table.markdown)
        case .json: console.out(table.json.prettyText)
        case .text:
            guard !table.isEmpty else { break }
            let (text, leftOut) = table.text(width: Terminal(descriptor: 1).width)
            console.out(text)
            if !leftOut.isEmpty {
                let more = leftOut.count > 5 ? " and \(leftOut.count - 4) more" : ""
                let some = leftOut.prefix(more.isEmpty ? 5 : 4).joined(separator: ", ")
                console.talk("no room for \(some)\(more); choose with --columns, or see all with --format csv\n")
            }
        }
        return outcome
    }
}
