import Files
import Synchronization

/// A trial that this process has taken.
public final class Claim: Sendable {
    /// How often the trial has been taken, this time included.
    public let generation: Int
    private let book: ClaimBook
    private let trial: String
    private let file: ClaimFile
    private let beats = Mutex(0)

    init(_ book: ClaimBook, trial: String, generation: Int, _ file: ClaimFile) {
        self.book = book
        self.trial = trial
        self.generation = generation
        self.file = file
    }

    /// Whether nobody has taken the trial over.
    public var isHeld: Bool { !FileContents.exists(book.path(trial, generation + 1)) }

    /// Tells those who watch from elsewhere that the holder lives; false when the trial has been taken over.
    public func beat() throws(FileError) -> Bool {
        guard isHeld else { return false }
        try write(.held)
        return true
    }

    /// Lets go: the trial is done, or may be taken by the next.
    public func release(isDone: Bool) throws(FileError) { try write(isDone ? .done : .free) }

    private func write(_ state: ClaimRecord.State) throws(FileError) {
        let beat = beats.withLock { beats in
            beats += 1
            return beats
        }
        try file.write(ClaimRecord(state, beat: beat, holder: book.identity, lease: book.lease).firstLine)
    }
}
