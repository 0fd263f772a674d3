import Results

/// `peftexp table`
let tableCommand = Command(
    CommandForm(
        "table", "Show the finished runs below a folder of results, best first.",
        [.init("DIR", "a folder of results, or one experiment's in it; ./results unless given", .optional)],
        examples: ["table", "table results/squad-ptv2"])
) { arguments, console in
    let folder = arguments.positionals.first ?? "results"
    let listing = try RunListing(folder)
    for problem in listing.problems { console.talk("left out: \(problem)\n") }
    guard !listing.records.isEmpty else {
        console.talk("there are no finished runs below '\(folder)'\n")
        return .done
    }
    console.out(listing.table.text(width: Terminal(descriptor: 1).width))
    return .done
}
