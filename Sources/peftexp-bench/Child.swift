import Foundation

/// A process that is run to its end.
struct Child {
    /// What it wrote to standard output.
    let output: String
    /// From its start to its end.
    let seconds: Double

    /// Runs `program`; its standard error goes nowhere, unless it fails.
    init(_ program: String, _ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        let (out, talk) = (Pipe(), FileManager.default.temporaryDirectory.appending(path: "bench-\(UUID().uuidString)"))
        defer { try? FileManager.default.removeItem(at: talk) }
        guard FileManager.default.createFile(atPath: talk.path, contents: nil) else {
            throw BenchError("cannot write to \(talk.path)")
        }
        process.standardOutput = out
        process.standardError = try FileHandle(forWritingTo: talk)
        let clock = ContinuousClock()
        let start = clock.now
        do { try process.run() } catch { throw BenchError("cannot run \(program): \(error)") }
        let data = try out.fileHandleForReading.readToEnd() ?? Data()
        // Its output ends when it does; waiting for the exit status takes up to a tick of the run loop longer.
        seconds = (clock.now - start) / .seconds(1)
        process.waitUntilExit()
        output = String(decoding: data, as: UTF8.self)
        guard process.terminationStatus == 0 else {
            let words = (try? String(contentsOf: talk, encoding: .utf8)) ?? ""
            let command = ([program] + arguments).joined(separator: " ")
            throw BenchError("status \(process.terminationStatus) from: \(command)\n\(words)")
        }
    }
}
