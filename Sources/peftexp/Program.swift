import Configuration
import YAML

/// A command: what it takes and what it does.
package struct Command: Sendable {
    package let form: CommandForm
    package let run: @Sendable (Arguments, Console) throws -> Outcome

    package init(_ form: CommandForm, run: @escaping @Sendable (Arguments, Console) throws -> Outcome) {
        self.form = form
        self.run = run
    }
}

/// The program as its user sees it: commands, and the help that is made from them.
package struct Program: Sendable {
    package let name: String
    package let summary: String
    package let version: String
    package let commands: [Command]

    package init(_ name: String, _ summary: String, version: String, _ commands: [Command]) {
        self.name = name
        self.summary = summary
        self.version = version
        self.commands = commands
    }

    /// Does what `words`, those after the program's name, ask for.
    package func run(_ words: [String], _ console: Console) -> Outcome {
        switch words.first {
        case nil:
            console.talk(help)
            return .wrongInput
        case "--help", "-h": return show(help, console)
        case "--version": return show("\(name) \(version)\n", console)
        case "help": return showHelp(of: words.dropFirst().first, console)
        case let first?: return run(first, Array(words.dropFirst()), console)
        }
    }

    private func run(_ commandName: String, _ words: [String], _ console: Console) -> Outcome {
        guard let command = commands.first(where: { $0.form.name == commandName }) else {
            return refuse(unknown(commandName), see: "\(name) --help", console)
        }
        do {
            switch try Arguments.parse(words, for: command.form) {
            case .help: return show(command.form.help(name), console)
            case .run(let arguments): return try command.run(arguments, console)
            }
        } catch let error as UsageError {
            return refuse(error, see: "\(name) \(commandName) --help", console)
        } catch {
            let isPlaced = (error as? any PlacedError)?.isPlaced ?? false
            console.talk(isPlaced ? "\(error)\n" : "\(name): error: \(error)\n")
            return .failed
        }
    }

    private func showHelp(of commandName: String?, _ console: Console) -> Outcome {
        guard let commandName else { return show(help, console) }
        guard let command = commands.first(where: { $0.form.name == commandName }) else {
            return refuse(unknown(commandName), see: "\(name) --help", console)
        }
        return show(command.form.help(name), console)
    }

    private func show(_ text: String, _ console: Console) -> Outcome {
        console.out(text)
        return .done
    }

    private func refuse(_ error: UsageError, see: String, _ console: Console) -> Outcome {
        console.talk("\(name): error: \(error)\nSee '\(see)'.\n")
        return .wrongInput
    }

    private func unknown(_ commandName: String) -> UsageError {
        UsageError(
            "unknown command '\(commandName)'",
            suggestion: Suggestion.nearest(to: commandName, among: commands.map(\.form.name)))
    }

    /// The text that `--help` shows.
    package var help: String {
        [
            "\(name) COMMAND [arguments]\n\n\(summary)\n",
            CommandForm.section("Commands", commands.map { ($0.form.name, $0.form.summary) }),
            "'\(name) COMMAND --help' explains a command.\n",
        ].filter { !$0.isEmpty }.joined(separator: "\n")
    }
}
