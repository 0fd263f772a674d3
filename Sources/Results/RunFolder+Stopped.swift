import Files

extension RunFolder {
    /// Writes into the record of a run that is not finished what a sweep has ended it for; its state is kept, so that it can still be
    /// brought to its end.
    ///
    /// - Parameters:
    ///   - status: how it is to stand.
    ///   - reason: what ended it, where that was meant.
    ///   - change: what else is to be written down.
    /// - Returns: the record as it was written; nil where there is none, or a finished one.
    @discardableResult
    public func mark(
        _ status: RunRecord.Status, stoppedBy reason: String? = nil, _ change: (inout RunRecord) -> Void = { _ in }
    ) throws(ResultError) -> RunRecord? {
        guard var record = try record(), record.status != .finished else { return nil }
        record.status = status
        record.stoppedBy = reason
        change(&record)
        do { try AtomicFile.write(record.text, to: "\(path)/result.json") } catch { throw .file(error) }
        return record
    }
}
