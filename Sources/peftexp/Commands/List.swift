import Configuration
import Experiment
import Results
import YAML

/// `peftexp list`
let listCommand = Command(
    CommandForm(
        "list", "List what a manifest can name.",
        [.init("KIND", Catalogue.all.map(\.kind).joined(separator: ", "))], options: [ManifestCommand.json],
        examples: ["list tuners", "list schedules --json"])
) { arguments, console in
    let kind = arguments.positionals[0]
    guard let catalogue = Catalogue.all.first(where: { $0.kind == kind }) else {
        let kinds = Catalogue.all.map(\.kind)
        let near = Suggestion.nearest(to: kind, among: kinds)
        let known = near == nil ? "; there are lists of \(kinds.joined(separator: ", "))" : ""
        throw UsageError("there is no list of '\(kind)'\(known)", suggestion: near)
    }
    if arguments.has("json") {
        let entries = catalogue.entries.map { JSON.object(["name": .string($0.name), "help": .string($0.help)]) }
        console.out(JSON.array(entries).prettyText)
    } else {
        var table = TextTable([.text("name"), .text("what it is")])
        for entry in catalogue.entries { table.append([entry.name, entry.help]) }
        console.out(table.text(width: Terminal(descriptor: 1).width))
    }
    return .done
}
