import Files
import Foundation

/// Where programs, data and models are, and where the benchmark keeps what it makes.
struct BenchPlace {
    /// The program that is measured, which is built beside this one.
    let program: String
    /// For made models, manifests and results that nobody needs afterwards; it may be deleted.
    let work: String
    /// The other side's script.
    let script: String
    private let data: [String]
    private let models: [String]

    /// Something that a case needs and that is not there.
    struct Missing: Error {
        let message: String
    }

    init(_ options: BenchOptions) throws {
        let own = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        program = own.deletingLastPathComponent().appending(path: "peftexp").path
        guard FileContents.exists(program) else {
            throw BenchError("there is no \(program); build the whole package ('make build')")
        }
        let here = FileManager.default.currentDirectoryPath
        let absolute = { (path: String) in path.hasPrefix("/") ? path : "\(here)/\(path)" }
        work = "\(here)/.build/bench"
        script = "\(here)/Tests/Reference/peer.py"
        let shared = ProcessInfo.processInfo.environment["PEFTEXP_SHARED"].flatMap { $0.isEmpty ? nil : $0 }
        data = [options.data, shared.map { "\($0)/data" }, "experiments/data"].compactMap { $0.map(absolute) }
        models = [options.models, "models", shared.map { "\($0)/models" }].compactMap { $0.map(absolute) }
        if let named = options.data, !Folder.exists(named) {
            throw BenchError("--data: there is no folder '\(named)'", isUsage: true)
        }
        if let named = options.models, !Folder.exists(named) {
            throw BenchError("--models: there is no folder '\(named)'", isUsage: true)
        }
        try Folder.make(work)
    }

    /// The first of these files that one of the data folders has.
    ///
    /// - Parameter what: what it is, for somebody who has to find it.
    func data(_ files: String..., what: String) throws -> String {
        let paths = files.flatMap { file in data.map { "\($0)/\(file)" } }
        if let path = paths.first(where: FileContents.exists) { return path }
        throw Missing(
            message:
                "there is no \(files[0]) (\(what)) in \(data.joined(separator: " or ")); put it there, or name with "
                + "--data a folder that has it")
    }

    /// The checkpoint of six layers that real trainings start from.
    func miniLM() throws -> String {
        let name = "all-MiniLM-L6-v2"
        let path = models.map { "\($0)/\(name)" }.first { FileContents.exists("\($0)/model.safetensors") }
        guard let path else {
            throw Missing(
                message:
                    "there is no model \(name) in \(models.joined(separator: " or ")); 'make models/\(name)' fetches it"
            )
        }
        return path
    }

    /// A folder with the tokenizer of GPT-2, or with another where that is absent: the cost of a token is the same.
    func tokenizerOfGPT2() throws -> String {
        let file = try? data("tokenizers/gpt2/tokenizer.json", what: "GPT-2's tokenizer")
        return try file.map(Folder.parent) ?? miniLM()
    }
}
