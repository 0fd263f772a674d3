import Foundation
import Synchronization

/// A process that is run to its end.
struct Child {
    /// What it wrote to standard output.
    let output: String
    /// From its start to its end.
    let seconds: Double
    /// From its start until its standard error held the text that was waited for; nil when it never did.
    let secondsUntilSeen: Double?

    /// Why a process is no good, with the last of what it said.
    struct Failure: Error {
        let status: Int32
        let talk: String
    }

    /// Runs `program`; its standard error goes nowhere.
    ///
    /// - Parameter sight: a text of standard error whose coming is timed.
    init(_ program: String, _ arguments: [String], waitingFor sight: String? = nil) throws {
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        let (out, talk) = (Pipe(), Pipe())
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = out
        process.standardError = talk
        let clock = ContinuousClock()
        let start = clock.now
        do { try process.run() } catch { throw BenchError("cannot run \(program): \(error.localizedDescription)") }
        let ear = Ear(sight.map { Data($0.utf8) })
        let group = DispatchGroup()
        let handle = talk.fileHandleForReading
        DispatchQueue.global().async(group: group) {
            while true {
                let piece = handle.availableData
                guard !piece.isEmpty else { return }
                ear.hear(piece, at: (clock.now - start) / .seconds(1))
            }
        }
        let data = try out.fileHandleForReading.readToEnd() ?? Data()
        // Its output ends when it does; waiting for the exit status takes up to a tick of the run loop longer.
        seconds = (clock.now - start) / .seconds(1)
        process.waitUntilExit()
        group.wait()
        output = String(decoding: data, as: UTF8.self)
        secondsUntilSeen = ear.seen
        guard process.terminationReason == .exit, process.terminationStatus == 0 else {
            throw Failure(status: process.terminationStatus, talk: String(decoding: ear.heard, as: UTF8.self))
        }
    }
}

extension Child.Failure: CustomStringConvertible {
    /// The status and the line of the talk that counts: the program's first error, or Python's last words.
    var description: String {
        let lines = talk.split(whereSeparator: \.isNewline)
        let line = lines.first { $0.contains("error: ") } ?? lines.last ?? ""
        return "it ended with status \(status)\(line.isEmpty ? "" : ": \(line)")"
    }
}

/// What comes over standard error.
private final class Ear: Sendable {
    private struct State {
        var heard = Data()
        var seen: Double?
    }
    private let sight: Data?
    private let state = Mutex(State())

    init(_ sight: Data?) { self.sight = sight }

    var heard: Data { state.withLock { $0.heard } }
    var seen: Double? { state.withLock { $0.seen } }

    func hear(_ piece: Data, at seconds: Double) {
        state.withLock { state in
            state.heard.append(piece)
            if let sight, state.seen == nil, state.heard.range(of: sight) != nil { state.seen = seconds }
        }
    }
}
