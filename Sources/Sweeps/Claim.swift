import Files
import Synchronization

/// A trial that this process has taken.
public final class Claim: Sendable {
    /// The number under which the trial was taken: it names the attempt.
    public let generation: Int
    private let book: ClaimBook
    private let trial: String
    private let clock: any MonotonicClock
    private let hold: Mutex<Hold>

    /// The file in force, and when it was last written.
    private struct Hold {
        var generation: Int
        var file: ClaimFile
        var beats = 0
        var lastWrite: Double
        var isLost = false
    }

    /// The part of its lease after which a holder that has not beaten makes sure that it still is the holder.
    private static let sureShare = 1.0 / 3

    init(_ book: ClaimBook, trial: String, generation: Int, _ file: ClaimFile, _ clock: any MonotonicClock) {
        self.book = book
        self.trial = trial
        self.generation = generation
        self.clock = clock
        hold = Mutex(Hold(generation: generation, file: file, lastWrite: clock.seconds))
    }

    /// Whether nobody has taken the trial over, as far as can be seen; on a network file system that may be a minute old.
    public var isHeld: Bool { hold.withLock { isHeld($0) } }

    private func isHeld(_ hold: Hold) -> Bool {
        !hold.isLost && !FileContents.exists(book.path(trial, hold.generation + 1))
    }

    /// Tells those who watch from elsewhere that the holder lives; false when the trial has been taken over.
    ///
    /// Who has been halted for a while takes the trial again, under the next number, which fails where somebody else has: what a
    /// look at the folder says may be remembered from before.
    public func beat() throws(FileError) -> Bool {
        try hold.withLock { hold throws(FileError) in
            guard isHeld(hold) else {
                hold.isLost = true
                return false
            }
            if clock.seconds - hold.lastWrite > book.lease * Self.sureShare { return try takeAgain(&hold) }
            try write(.held, &hold)
            return true
        }
    }

    /// Lets go: the trial is done, or may be taken by the next.
    public func release(isDone: Bool) throws(FileError) {
        try hold.withLock { hold throws(FileError) in try write(isDone ? .done : .free, &hold) }
    }

    private func takeAgain(_ hold: inout Hold) throws(FileError) -> Bool {
        let record = ClaimRecord(.held, beat: hold.beats, holder: book.identity, lease: book.lease)
        guard let file = try ClaimFile(record.text, at: book.path(trial, hold.generation + 1)) else {
            hold.isLost = true
            return false
        }
        hold = Hold(generation: hold.generation + 1, file: file, beats: hold.beats, lastWrite: clock.seconds)
        return true
    }

    private func write(_ state: ClaimRecord.State, _ hold: inout Hold) throws(FileError) {
        hold.beats += 1
        try hold.file.write(
            ClaimRecord(state, beat: hold.beats, holder: book.identity, lease: book.lease).firstLine)
        hold.lastWrite = clock.seconds
    }
}
