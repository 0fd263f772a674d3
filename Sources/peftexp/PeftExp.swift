import Foundation

/// The program.
@main struct PeftExp {
    static func main() {
        let program = Program(
            "peftexp", "Parameter-efficient fine-tuning experiments that are written down, not programmed.",
            version: "0.1.0", [])
        exit(program.run(Array(CommandLine.arguments.dropFirst()), .standard()).rawValue)
    }
}
