import Files

extension RunFolder {
    /// Turns the record of an interrupted run into that of one which a sweep has ended early; its state is kept, so that it can still be
    /// brought to its end.
    ///
    /// - Parameters:
    ///   - rule: what ended it.
    ///   - metrics: what its last evaluation gave.
    /// - Returns: the record as it was written; nil where there is none of an interrupted run.
    public func markPruned(by rule: String, metrics: [String: Double]) throws(ResultError) -> RunRecord? {
        guard var record = try record(), record.status == .interrupted else { return nil }
        record.status = .pruned
        record.stoppedBy = rule
        record.metrics = metrics
        do { try AtomicFile.write(record.text, to: "\(path)/result.json") } catch { throw .file(error) }
        return record
    }
}
