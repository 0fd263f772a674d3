import Experiment
import Files
import Foundation

/// The worker processes of a sweep.
final class Crew {
    /// Something that a worker says or that happens to it.
    enum News {
        /// It tells what it does.
        case event(WorkerEvent)
        /// It has ended while it worked on a trial: how, and what it said last. It has been told of no result.
        case lost(trial: String, generation: Int, how: String, log: String)
        /// It was ended, since its trial did not end.
        case ended(trial: String, generation: Int)
        /// It has ended between trials, and not well.
        case broken(String)
    }

    private var members: [Member] = []
    private let program: String
    private let words: [String]

    /// A crew of nobody; members work in `folder` with so many threads each.
    init(_ folder: String, threads: Int) {
        program =
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
        words = ["worker", folder, "--attached", "--threads", "\(threads)"]
    }

    /// How many are at work.
    var count: Int { members.count }

    /// Starts one more worker.
    func hire() throws { members.append(try Member(program, words)) }

    /// Sends all of them a signal.
    func send(_ signal: Int32) { for member in members { kill(member.process.processIdentifier, signal) } }

    /// Ends the worker of a trial at once, after `note` has taken the number of its claim.
    func end(_ trial: String, _ note: (Int) throws -> Void) rethrows {
        for member in members where member.trial?.id == trial && !member.isOverdue {
            if let generation = member.trial?.generation { try note(generation) }
            member.isOverdue = true
            kill(member.process.processIdentifier, SIGKILL)
        }
    }

    /// Waits for news, at most so long.
    func news(within milliseconds: Int32) -> [News] {
        var waits = members.flatMap { [$0.out, $0.talk].filter { !$0.hasEnded } }
            .map { pollfd(fd: $0.descriptor, events: Int16(POLLIN), revents: 0) }
        if waits.isEmpty { usleep(UInt32(milliseconds) * 1000) }
        let count = unsafe poll(&waits, nfds_t(waits.count), milliseconds)
        guard count > 0 else { return [] }
        let ready = Set(waits.filter { $0.revents != 0 }.map(\.fd))
        var news: [News] = []
        for member in members {
            for stream in [member.out, member.talk] where ready.contains(stream.descriptor) { stream.fill() }
            news += member.takeEvents().map { .event($0) }
        }
        for member in members where member.out.hasEnded {
            member.talk.drain()
            member.process.waitUntilExit()
            if let end = member.end { news.append(end) }
        }
        members.removeAll { $0.out.hasEnded }
        return news
    }
}

/// One worker process.
private final class Member {
    let process = Process()
    let out: Stream, talk: Stream
    /// Ends when this process does, however it ends, and so tells the worker.
    private let lifeline = Pipe()
    /// What it is working on.
    private(set) var trial: (id: String, generation: Int)?
    /// Whether it was ended since its trial did not end.
    var isOverdue = false

    init(_ program: String, _ words: [String]) throws {
        let (outPipe, talkPipe) = (Pipe(), Pipe())
        process.executableURL = URL(filePath: program)
        process.arguments = words
        process.standardInput = lifeline
        process.standardOutput = outPipe
        process.standardError = talkPipe
        (out, talk) = (Stream(outPipe), Stream(talkPipe))
        do { try process.run() } catch {
            throw FileError(.read, program, .system(EACCES))
        }
        // Only the worker's own copies shall keep these open.
        try? outPipe.fileHandleForWriting.close()
        try? talkPipe.fileHandleForWriting.close()
    }

    func takeEvents() -> [WorkerEvent] {
        let events = out.takeLines().compactMap { WorkerEvent($0) }
        for event in events {
            switch event {
            case .started(let id, let generation): trial = (id, generation)
            case .finished, .pruned, .failed, .released: trial = nil
            case .stepped, .evaluated, .waiting: break
            }
        }
        return events
    }

    /// What its end means, once it has ended.
    var end: Crew.News? {
        let log = talk.text.split(separator: "\n").suffix(20).joined(separator: "\n")
        let status = process.terminationStatus
        if process.terminationReason == .exit {
            switch status {
            case Outcome.done.rawValue, Outcome.interrupted.rawValue, Outcome.terminated.rawValue: return nil
            // It has said all that there is to say of its trials.
            case Outcome.failed.rawValue where log.isEmpty: return nil
            case Outcome.failed.rawValue, Outcome.wrongInput.rawValue: return .broken(log)
            default: break
            }
        }
        let name = unsafe String(cString: strsignal(status))
        let how =
            process.terminationReason == .exit
            ? "ended with status \(status)" : "was ended by signal \(status) (\(name))"
        guard let trial else { return .broken("a worker \(how)" + (log.isEmpty ? "" : ":\n\(log)")) }
        if isOverdue { return .ended(trial: trial.id, generation: trial.generation) }
        return .lost(trial: trial.id, generation: trial.generation, how: "its process \(how)", log: log)
    }
}

/// What a process writes, as it comes.
private final class Stream {
    private let handle: FileHandle
    private var data = Data()
    private(set) var hasEnded = false

    init(_ pipe: Pipe) { handle = pipe.fileHandleForReading }

    var descriptor: Int32 { handle.fileDescriptor }

    /// Takes what there is; waits where there is nothing.
    func fill() {
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        let count = unsafe bytes.withUnsafeMutableBytes { unsafe read(descriptor, $0.baseAddress, $0.count) }
        if count > 0 {
            data.append(contentsOf: bytes[..<count])
            // Nobody needs more than the end of what was never taken.
            if data.count > 1 << 20 { data.removeFirst(data.count - 1 << 20) }
        } else if count == 0 || errno != EINTR {
            hasEnded = true
        }
    }

    func drain() { while !hasEnded { fill() } }

    /// The whole lines that were not taken yet.
    func takeLines() -> [Substring] {
        guard let end = data.lastIndex(of: UInt8(ascii: "\n")) else { return [] }
        let text = String(decoding: data[...end], as: UTF8.self)
        data = Data(data[data.index(after: end)...])
        return text.split(separator: "\n")
    }

    /// All that was not taken yet.
    var text: String { String(decoding: data, as: UTF8.self) }
}
