import Files
import Foundation
import Testing
import YAML

/// A folder with a tiny experiment in it (`tiny.yaml`, `train.json`, `eval.json`, `model/`), in which the built program is run.
struct Workplace {
    /// The folder, without links in its path.
    let path: String

    /// A workplace that exists while `body` runs.
    static func with(_ body: (Workplace) throws -> Void) throws {
        let temporary = FileManager.default.temporaryDirectory.appending(path: "peftexp-\(UUID().uuidString)").path
        try Folder.make(temporary)
        defer { try? Folder.remove(temporary) }
        let place = Workplace(path: URL(filePath: temporary).resolvingSymlinksInPath().path)
        let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let tiny = tests.appending(path: "ExperimentTests/Golden/tiny").path
        for name in ["train.json", "eval.json"] {
            try FileManager.default.copyItem(atPath: "\(tiny)/\(name)", toPath: place.file(name))
        }
        try FileManager.default.copyItem(
            atPath: tests.appending(path: "ModelsTests/Golden/tiny-bert").path, toPath: place.file("model"))
        try place.write(
            FileContents.text(at: "\(tiny)/experiment.yaml")
                .replacing("../../../ModelsTests/Golden/tiny-bert", with: "model"), to: "tiny.yaml")
        try body(place)
    }

    /// The path of a file in the workplace.
    func file(_ name: String) -> String { "\(path)/\(name)" }

    func write(_ text: String, to name: String) throws { try AtomicFile.write(text, to: file(name)) }

    func text(_ name: String) throws -> String { try FileContents.text(at: file(name)) }

    func data(_ name: String) throws -> Data { try FileContents.data(at: file(name)) }

    func json(_ name: String) throws -> Node { try JSONText.parse(text(name), file: name) }

    /// The lines of a file with one JSON value in each.
    func jsonLines(_ name: String) throws -> [Node] {
        try text(name).split(separator: "\n").map { try JSONText.parse(String($0), file: name) }
    }

    /// Replaces each left side, which must be there, by its right side.
    func edit(_ name: String, _ changes: KeyValuePairs<String, String>) throws {
        var text = try text(name)
        for (old, new) in changes {
            try #require(text.contains(old), "'\(old)' is not in \(name)")
            text = text.replacing(old, with: new)
        }
        try write(text, to: name)
    }

    /// A message with the workplace's folder for HERE, and for TUNERS, HEADS or FORMATS the names that there are.
    func completed(_ message: String) throws -> String {
        var message = message.replacing("HERE", with: path)
        for kind in ["tuners", "heads", "formats"] where message.contains(kind.uppercased()) {
            let list = try JSONText.parse(succeed("list", kind, "--json").out, file: kind)
            let names = list.elements?.compactMap { $0["name"]?.string } ?? []
            message = message.replacing(kind.uppercased(), with: names.joined(separator: ", "))
        }
        return message
    }

    /// Every path below the workplace, to see that nothing was written.
    func inventory() throws -> [String] { try FileManager.default.subpathsOfDirectory(atPath: path).sorted() }

    /// The one run folder of the experiment `tiny`.
    func runFolder(in results: String = "results") throws -> String {
        let runs = try Folder.names(in: file("\(results)/tiny"))
        guard runs.count == 1 else { throw Surprise(description: "the runs are \(runs)") }
        return "\(results)/tiny/\(runs[0])"
    }
}

/// Something that a test did not expect of its workplace.
struct Surprise: Error, CustomStringConvertible {
    let description: String
}

/// The program while it runs in a workplace, and what it said.
final class RunningProgram {
    private let process = Process()
    private let ended = DispatchSemaphore(value: 0)
    private let outFile: String
    private let talkFile: String

    /// What became of it.
    struct Ending {
        let status: Int32
        let out: String
        let talk: String
    }

    /// Starts the program in `place` with `words`, or a shell that runs `script` with the program as `$0` and `words` as `$@`.
    init(_ place: Workplace, _ words: [String], script: String? = nil) throws {
        let logs = FileManager.default.temporaryDirectory.appending(path: "peftexp-\(UUID().uuidString)").path
        (outFile, talkFile) = ("\(logs).out", "\(logs).talk")
        for file in [outFile, talkFile] { try AtomicFile.write("", to: file) }
        let program = try Self.program()
        process.executableURL = URL(filePath: script == nil ? program : "/bin/sh")
        process.arguments = script.map { ["-c", $0, program] + words } ?? words
        process.currentDirectoryURL = URL(filePath: place.path)
        process.environment = ["PATH": "/usr/bin:/bin", "PEFTEXP_CACHE": place.file("cache")]
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle(forWritingAtPath: outFile)
        process.standardError = FileHandle(forWritingAtPath: talkFile)
        process.terminationHandler = { [ended] _ in ended.signal() }
        try process.run()
    }

    /// Its process, as long as it runs.
    var pid: Int32? { process.isRunning ? process.processIdentifier : nil }

    /// Waits for its end.
    func wait() throws -> Ending {
        if ended.wait(timeout: .now() + Self.patience) == .timedOut {
            kill(process.processIdentifier, SIGKILL)
            ended.wait()
            Issue.record("the program did not end by itself")
        }
        defer { for file in [outFile, talkFile] { try? Folder.remove(file) } }
        return Ending(
            status: process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus,
            out: try FileContents.text(at: outFile), talk: try FileContents.text(at: talkFile))
    }

    /// Seconds after which nobody waits any longer for a program that hangs; no test comes near it.
    private static let patience = 300.0

    /// Sends `signal` once `condition` holds; a program that has ended gets none.
    func send(_ signal: Int32, when condition: () -> Bool) {
        while !condition() {
            guard process.isRunning else { return }
            usleep(2000)
        }
        kill(process.processIdentifier, signal)
    }

    /// The program that was built with the tests, which stands beside their bundle.
    private static func program() throws -> String {
        let bundles = Bundle.allBundles.map(\.bundlePath).filter { $0.hasSuffix(".xctest") }
        let candidates = (bundles + CommandLine.arguments.prefix(1)).map { "\(Folder.parent(of: $0))/peftexp" }
        return try #require(
            candidates.first(where: FileManager.default.isExecutableFile(atPath:)), "no program in \(candidates)")
    }
}

extension Workplace {
    /// Runs the program to its end.
    func run(_ words: String...) throws -> RunningProgram.Ending { try RunningProgram(self, words).wait() }

    /// Runs the program to its end, which must be a good one.
    @discardableResult
    func succeed(_ words: String...) throws -> RunningProgram.Ending { try succeed(words) }

    /// The same of a list of words.
    @discardableResult
    func succeed(_ words: [String]) throws -> RunningProgram.Ending {
        let ending = try RunningProgram(self, words).wait()
        try #require(ending.status == 0, "\(words): \(ending.talk)")
        return ending
    }
}
