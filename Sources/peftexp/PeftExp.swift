import Experiment
import Foundation
import Tensors

/// The program.
@main struct PeftExp {
    static func main() {
        Kernels.stopLibraryThreads()
        exit(program.run(Array(CommandLine.arguments.dropFirst()), .standard()).rawValue)
    }

    /// The program and its commands. To add one, write its file and add its line.
    package static let program = Program(
        "peftexp", "Parameter-efficient fine-tuning experiments that are written down, not programmed.",
        version: Versions.program,
        [
            runCommand,
            sweepCommand,
            workerCommand,
            planCommand,
            validateCommand,
            predictCommand,
            generateCommand,
            exportCommand,
            tableCommand,
            diffCommand,
            reportCommand,
            listCommand,
            explainCommand,
            schemaCommand,
        ])
}
