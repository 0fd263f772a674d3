import Files

/// Who works on which trial: a folder that many processes share, on one machine or several.
///
///     claims/<trial>/1, 2, 3, …
///
/// Each time a trial is taken, a file with the next number is made, which only one process can do; the file with the highest number
/// is in force. None is ever removed or moved, so whoever acts on what it saw a while ago finds the next number taken. A file is
/// taken over when its holder has let go, is seen to be dead, or, where that cannot be seen, has not beaten for its lease, as
/// measured by the watcher's own clock: the clocks of two machines are never compared.
public struct ClaimBook: Sendable {
    /// The folder.
    let folder: String
    /// The process that claims.
    let identity: ProcessIdentity
    /// Seconds without a beat after which others may take a trial over.
    let lease: Double

    /// How a trial stands.
    public enum State: Hashable, Sendable {
        /// Nobody works on it.
        case free
        /// Somebody does.
        case held(by: ProcessIdentity?)
        /// Somebody has brought it to its end.
        case done
    }

    /// The claims in `folder`, which is made when it is needed.
    public init(_ folder: String, identity: ProcessIdentity = .current, lease: Double = 60) {
        self.folder = folder
        self.identity = identity
        self.lease = lease
    }

    func path(_ trial: String, _ generation: Int) -> String { "\(folder)/\(trial)/\(generation)" }

    /// How `trial` stands.
    public func state(of trial: String, _ watch: ClaimWatch) throws(FileError) -> State {
        let generation = try latest(of: trial)
        return generation == 0 ? .free : try state(of: trial, generation, watch)
    }

    /// Takes `trial`; nil when somebody else has it.
    public func take(_ trial: String, _ watch: ClaimWatch) throws(FileError) -> Claim? {
        let generation = try latest(of: trial)
        if generation > 0, case .held = try state(of: trial, generation, watch) { return nil }
        try Folder.make("\(folder)/\(trial)")
        let record = ClaimRecord(.held, beat: 0, holder: identity, lease: lease)
        guard let file = try ClaimFile(record.text, at: path(trial, generation + 1)) else { return nil }
        return Claim(self, trial: trial, generation: generation + 1, file, watch.clock)
    }

    /// Who holds `trial` under which number, when that has been so for more than `seconds` since it was first seen.
    public func holder(
        of trial: String, after seconds: Double, _ watch: ClaimWatch
    ) throws(FileError) -> (ProcessIdentity, generation: Int)? {
        let generation = try latest(of: trial)
        guard generation > 0, watch.age(of: path(trial, generation)) > seconds,
            case .held(let holder?) = try state(of: trial, generation, watch)
        else { return nil }
        return (holder, generation)
    }

    /// The highest number, or 0.
    private func latest(of trial: String) throws(FileError) -> Int {
        do { return try Folder.names(in: "\(folder)/\(trial)").compactMap { Int($0) }.max() ?? 0 } catch {
            if error.isMissingFile { return 0 }
            throw error
        }
    }

    private func state(
        of trial: String, _ generation: Int, _ watch: ClaimWatch
    ) throws(FileError) -> State {
        let path = path(trial, generation)
        let text: String
        do { text = try FileContents.text(at: path) } catch {
            // Damage hides who holds it, not that it is held.
            if case .notUTF8 = error.reason { text = "" } else { throw error }
        }
        let record = ClaimRecord(text)
        switch record?.state {
        case .free: return .free
        case .done: return .done
        case .held, nil: break
        }
        switch record?.holder.life(seenBy: identity) ?? .unknown {
        case .alive: return .held(by: record?.holder)
        case .dead: return .free
        case .unknown:
            let isSilent = watch.isSilent(path, text, for: record?.lease ?? lease)
            return isSilent ? .free : .held(by: record?.holder)
        }
    }
}
