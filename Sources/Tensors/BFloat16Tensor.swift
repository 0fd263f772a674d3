import CKernels

/// A dense row-major array of bfloat16 elements, the upper halves of floats: what products in that precision read and write.
///
/// Its memory has room for whole groups of rows, so that a product of a rounded-up number of rows can write there; what stands behind the
/// last row means nothing. Written once, by its maker.
public struct BFloat16Tensor: Sendable {
    /// The lengths of the axes.
    public let shape: Shape
    private let storage: Storage

    /// The rows of a group, which a product's rows are rounded up to.
    static let groupRows = 16

    /// The number of rows, rounded up to whole groups.
    static func room(_ rows: Int) -> Int { (rows + groupRows - 1) / groupRows * groupRows }

    /// A tensor whose elements its maker is about to write.
    init(uninitialized shape: Shape) {
        self.shape = shape
        storage = Storage(count: (Self.room(shape.rows) * shape.columns + 1) / 2)
    }

    /// The elements of `tensor`, each rounded to the nearest, ties to even.
    public init(_ tensor: Tensor) {
        self.init(uninitialized: tensor.shape)
        let rounded = self
        Kernels.elements(tensor.count) { range in
            unsafe pk_f32_to_bf16(range.count, tensor.base + range.lowerBound, rounded.base + range.lowerBound)
        }
    }

    /// The number of elements.
    public var count: Int { shape.count }

    /// The same elements as floats, in memory of their own.
    public var float32: Tensor {
        let wide = Tensor(uninitialized: shape)
        let source = self
        Kernels.elements(count) { range in
            unsafe pk_bf16_to_f32(range.count, source.base + range.lowerBound, wide.base + range.lowerBound)
        }
        return wide
    }

    /// Where the elements start; valid while this tensor is alive.
    var base: UnsafeMutablePointer<UInt16> { unsafe storage.halves }

    /// Where row `index` of the tensor seen as `[rows, columns]` starts.
    func row(_ index: Int) -> UnsafeMutablePointer<UInt16> { unsafe base + index * shape.columns }
}

/// A result in the precision that it was computed in.
public enum StoredTensor: Sendable {
    /// 32-bit floats.
    case float32(Tensor)
    /// Halves of them.
    case bfloat16(BFloat16Tensor)

    /// The elements as floats: the tensor itself, or a copy of twice its size.
    public var float32: Tensor {
        switch self {
        case .float32(let tensor): tensor
        case .bfloat16(let tensor): tensor.float32
        }
    }

    var floats: Tensor? { if case .float32(let tensor) = self { tensor } else { nil } }
    var halves: BFloat16Tensor? { if case .bfloat16(let tensor) = self { tensor } else { nil } }

    /// A tensor whose elements its maker is about to write.
    init(uninitialized shape: Shape, inBFloat16: Bool) {
        self =
            inBFloat16
            ? .bfloat16(BFloat16Tensor(uninitialized: shape)) : .float32(Tensor(uninitialized: shape))
    }

    /// The lengths of the axes.
    public var shape: Shape {
        switch self {
        case .float32(let tensor): tensor.shape
        case .bfloat16(let tensor): tensor.shape
        }
    }

    /// Writes `rows` rows of `columns` elements, `ld` apart, from this row and column on; rounded where the tensor is in bfloat16.
    func write(_ rows: Int, _ columns: Int, _ source: UnsafePointer<Float>, _ ld: Int, row: Int, column: Int) {
        let floats = unsafe floats.map { unsafe $0.row(row) + column }
        let halves = unsafe halves.map { unsafe $0.row(row) + column }
        unsafe pk_write_rows(rows, columns, source, ld, floats, halves, shape.columns)
    }
}
