import Files

extension Tensor {
    /// The elements as they lie in a mapped file, which are not copied; nil when the file is too short, or they would not be aligned.
    ///
    /// - Parameter offset: of the first element, in bytes.
    public init?(_ shape: Shape, in file: MappedFile, at offset: Int) {
        let bytes = shape.count * MemoryLayout<Float>.stride
        guard offset >= 0, offset % MemoryLayout<Float>.alignment == 0, bytes <= file.count - offset,
            let base = unsafe file.base
        else { return nil }
        let floats = unsafe (base + offset).assumingMemoryBound(to: Float.self)
        unsafe self.init(
            shape: shape, storage: Storage(readOnly: floats, count: shape.count, owner: file), offset: 0)
    }

    /// Lends the elements as bytes.
    public func withBytes<Result>(_ body: (RawSpan) throws -> Result) rethrows -> Result {
        try withExtendedLifetime(storage) {
            let span = unsafe RawSpan(
                _unsafeStart: UnsafeRawPointer(base), byteCount: count * MemoryLayout<Float>.stride)
            return try body(span)
        }
    }

    /// Puts the rows of `part` in the place of those from `row` on, both seen as `[rows, columns]`.
    public mutating func replaceRows(from row: Int, by part: Tensor) {
        precondition(
            row >= 0 && part.shape.columns == shape.columns && row + part.shape.rows <= shape.rows,
            "replaceRows: \(part.shape) from \(row) of \(shape)")
        makeUnique()
        withExtendedLifetime(part.storage) {
            unsafe self.row(row).update(from: part.base, count: part.count)
        }
    }
}
