import Files

/// A dense row-major array of 32-bit floats.
///
/// A value: copies share memory until one of them is changed. Weights read from a checkpoint share the mapped file.
public struct Tensor: Sendable {
    /// The lengths of the axes.
    public let shape: Shape
    var storage: Storage
    var offset: Int

    init(shape: Shape, storage: Storage, offset: Int) {
        precondition(offset + shape.count <= storage.count, "Tensor: \(shape) does not fit its storage")
        self.shape = shape
        self.storage = storage
        self.offset = offset
    }

    /// A tensor whose elements its maker is about to write.
    init(uninitialized shape: Shape) {
        self.init(shape: shape, storage: Storage(count: shape.count), offset: 0)
    }

    /// Every element equal to `value`.
    public init(_ shape: Shape, repeating value: Float) {
        self.init(uninitialized: shape)
        if Rehearsal.isRunning { return }
        unsafe base.initialize(repeating: value, count: shape.count)
    }

    /// The elements of `values`, row by row; there must be as many as the shape has.
    public init(_ shape: Shape, _ values: [Float]) {
        precondition(values.count == shape.count, "Tensor: \(values.count) values for \(shape)")
        self.init(uninitialized: shape)
        unsafe values.withUnsafeBufferPointer { source in
            if let first = source.baseAddress { unsafe base.initialize(from: first, count: values.count) }
        }
    }

    /// Zeros.
    public static func zeros(_ shape: Shape) -> Tensor { Tensor(shape, repeating: 0) }

    /// The number of elements.
    public var count: Int { shape.count }

    /// The elements, row by row.
    public var array: [Float] {
        withExtendedLifetime(storage) { unsafe Array(UnsafeBufferPointer(start: base, count: count)) }
    }

    /// The element at `row` and `column` of the tensor seen as `[rows, columns]`.
    public subscript(row: Int, column: Int) -> Float {
        precondition(
            row >= 0 && row < shape.rows && column >= 0 && column < shape.columns, "Tensor: [\(row), \(column)]")
        return withExtendedLifetime(storage) { unsafe base[row * shape.columns + column] }
    }

    /// The rows `range` of the tensor seen as `[rows, columns]`, sharing memory.
    public func rows(_ range: Range<Int>) -> Tensor {
        precondition(range.lowerBound >= 0 && range.upperBound <= shape.rows, "Tensor: rows \(range) of \(shape)")
        return Tensor(
            shape: [range.count, shape.columns], storage: storage, offset: offset + range.lowerBound * shape.columns)
    }

    /// The same elements under another shape of as many elements, sharing memory.
    public func reshaped(_ shape: Shape) -> Tensor {
        precondition(shape.count == count, "Tensor: \(self.shape) reshaped to \(shape)")
        return Tensor(shape: shape, storage: storage, offset: offset)
    }

    /// Where the elements start; valid while this tensor is alive, written only by who holds it uniquely.
    var base: UnsafeMutablePointer<Float> { unsafe storage.base + offset }

    /// Where row `index` of the tensor seen as `[rows, columns]` starts.
    func row(_ index: Int) -> UnsafeMutablePointer<Float> { unsafe base + index * shape.columns }

    /// Makes sure that no other tensor shares the memory, copying it when one does or when it is a mapped file.
    mutating func makeUnique() {
        if storage.owner == nil && isKnownUniquelyReferenced(&storage) { return }
        self = copy()
    }

    /// A copy in memory of its own.
    public func copy() -> Tensor {
        let (source, copy) = (self, Tensor(uninitialized: shape))
        Kernels.elements(count) { range in
            unsafe (copy.base + range.lowerBound).update(from: source.base + range.lowerBound, count: range.count)
        }
        return copy
    }

    /// Says that of these elements nobody ever reads more than some rows at a time: with each row of a mapped file come its neighbours, and
    /// what is gathered from gives them back.
    public func markReadInPlaces() { storage.isReadInPlaces.store(true, ordering: .relaxed) }

    /// Whether it mirrors a file of which only some rows are read at a time.
    package var isReadInPlaces: Bool { storage.owner != nil && storage.isReadInPlaces.load(ordering: .relaxed) }

    /// Gives memory that mirrors a file back to the system, which reads it again when it is needed.
    func releasePages() {
        guard let file = storage.owner as? MappedFile else { return }
        unsafe file.release(UnsafeRawPointer(base), count * MemoryLayout<Float>.stride)
    }

    /// While nothing is computed, counts a file's memory as given back.
    func noteReleased() {
        if storage.owner != nil { Rehearsal.current?.noteMapped(-count * MemoryLayout<Float>.stride) }
    }

    /// Lends the elements for reading and writing.
    public mutating func withMutableSpan<Result>(_ body: (inout MutableSpan<Float>) throws -> Result) rethrows -> Result
    {
        makeUnique()
        var span = unsafe MutableSpan(_unsafeStart: base, count: count)
        return try body(&span)
    }
}

extension Tensor: Equatable {
    /// Same shape and the same bits: a NaN equals itself, and 0 differs from -0.
    public static func == (left: Tensor, right: Tensor) -> Bool {
        left.shape == right.shape && left.array.map(\.bitPattern) == right.array.map(\.bitPattern)
    }
}
