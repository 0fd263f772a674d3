import Configuration
import Files
import Results
import YAML

/// What the commands that read results share.
enum ResultsCommand {
    /// The format that the options ask for.
    static func format(_ arguments: Arguments) throws(UsageError) -> TableFormat {
        if arguments.has("json") { return .json }
        guard let name = arguments.value("format") else { return .text }
        guard let format = TableFormat(rawValue: name) else {
            let known = TableFormat.allCases.map(\.rawValue)
            throw UsageError(
                "--format is one of \(known.joined(separator: ", ")), not '\(name)'",
                suggestion: Suggestion.nearest(to: name, among: known))
        }
        return format
    }

    /// Does `body` with what was named on the command line; what is not there, or is wrong in it, is a mistake of the input.
    static func asking(_ console: Console, _ body: () throws -> Outcome) throws -> Outcome {
        do {
            return try body()
        } catch let error as RequestError {
            throw UsageError(error.message, suggestion: error.suggestion)
        } catch let error as FileError {
            throw UsageError("\(error)")
        } catch let error as any PlacedError where error.isPlaced {
            console.talk("\(error)\n")
            return .wrongInput
        }
    }
}
