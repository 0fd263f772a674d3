import Files

/// The checkpoints of a run that is not finished: `checkpoint/<number>.tar`, of which the last two are kept.
///
/// One that was not written to its end does not exist under its name, and one that was damaged later is told by its checksums.
public struct CheckpointStore: Sendable {
    /// The folder.
    public let path: String

    private static let keptCount = 2
    private static let suffix = ".tar"

    /// The checkpoints in the folder at `path`, which is made with the first one.
    init(_ path: String) {
        self.path = path
    }

    /// The checkpoints' files, the newest first.
    public func files() throws(FileError) -> [String] { try numbers().map(file) }

    /// Writes the next checkpoint, and then removes all but the last two.
    public func write(_ body: (ArchiveWriter) throws -> Void) throws {
        try Folder.make(path)
        let earlier = try numbers()
        try Archive.write(to: file((earlier.first ?? 0) + 1), body)
        for number in earlier.dropFirst(Self.keptCount - 1) { try Folder.remove(file(number)) }
    }

    /// Removes what a killed process has left half-written.
    func clean() throws(FileError) { try AtomicFile.removeLeftOvers(in: path) }

    private func file(_ number: Int) -> String { "\(path)/\(number)\(Self.suffix)" }

    /// The numbers of the checkpoints, the newest first.
    private func numbers() throws(FileError) -> [Int] {
        guard Folder.exists(path) else { return [] }
        return try Folder.names(in: path).compactMap { name in
            name.hasSuffix(Self.suffix) ? Int(name.dropLast(Self.suffix.count)).flatMap { $0 > 0 ? $0 : nil } : nil
        }.sorted(by: >)
    }
}
