import CKernels
import COneDNN
import COpenBLAS
import Synchronization

/// An operand of a small product: floats or halves, rows `ld` elements apart.
@unsafe struct MatrixOperand {
    let floats: UnsafePointer<Float>?
    let halves: UnsafePointer<UInt16>?
    let ld: Int

    init(_ floats: UnsafePointer<Float>, _ ld: Int) { unsafe (self.floats, halves, self.ld) = (floats, nil, ld) }

    /// The rows of `tensor` from `row` on.
    init(_ tensor: BFloat16Tensor, row: Int) {
        unsafe (floats, halves, ld) = (nil, UnsafePointer(tensor.row(row)), tensor.shape.columns)
    }

    /// The elements of `tensor` from `row` and `column` on.
    init(_ tensor: StoredTensor, row: Int, column: Int) {
        unsafe floats = tensor.floats.map { unsafe UnsafePointer($0.row(row) + column) }
        unsafe halves = tensor.halves.map { unsafe UnsafePointer($0.row(row) + column) }
        unsafe ld = tensor.shape.columns
    }
}

/// Products of small matrices, of which no operand is kept, as attention has them: in float32, or in bfloat16 where operands are rounded and
/// laid out on the way.
struct SmallProducts: Sendable {
    /// Nil multiplies in float32.
    private let unit: MatrixUnit?

    /// Products in bfloat16 where they are wanted and the machine has a unit that reads what we lay out; else in float32.
    init(inBFloat16: Bool) {
        let machine = inBFloat16 && MatrixUnit.isAllowed ? MatrixUnit.ofMachine : nil
        unit = machine?.readsPairs == true ? machine : nil
    }

    var isHalf: Bool { unit != nil }

    /// Products for scores of so many columns: laying operands out for few costs more than it saves.
    func suiting(columns: Int) -> SmallProducts { columns < 96 ? SmallProducts(inBFloat16: false) : self }

    /// The elements of `tensor` from `column` on in the rows `rows`, as these products read them.
    ///
    /// - Parameter scratch: `[rows, columns]`, for what has to be in float32 first.
    func operand(_ tensor: StoredTensor, rows: Range<Int>, column: Int, scratch: Tensor) -> MatrixOperand {
        isHalf
            ? unsafe MatrixOperand(tensor, row: rows.lowerBound, column: column)
            : unsafe Self.floats(tensor, rows: rows, column: column, scratch: scratch)
    }

    /// The elements of `tensor` from `column` on in the rows `rows` as floats, in `scratch` where they are not.
    static func floats(_ tensor: StoredTensor, rows: Range<Int>, column: Int, scratch: Tensor) -> MatrixOperand {
        let stored = unsafe MatrixOperand(tensor, row: rows.lowerBound, column: column)
        guard let halves = unsafe stored.halves else { return unsafe stored }
        let width = scratch.shape.columns
        for row in 0..<rows.count {
            unsafe pk_bf16_to_f32(width, halves + row * stored.ld, scratch.row(row))
        }
        return unsafe MatrixOperand(scratch.base, width)
    }

    /// The rows of a result that has room for what a product writes.
    func room(rows: Int) -> Int { isHalf ? Self.rounded(rows, 32) : rows }
    /// The columns of a result that has room for what a product writes.
    func room(columns: Int) -> Int { isHalf ? Self.columns(columns) : columns }

    /// `c = a b + beta c` on one thread, where beta is 0 or 1; a transposed operand is stored the other way round.
    ///
    /// - Parameter hasRoom: whether rows and columns of `c` are rounded up by `room`, and `ldc` is its columns.
    func multiply(
        _ transposeA: CBLAS_TRANSPOSE, _ transposeB: CBLAS_TRANSPOSE, _ rows: Int, _ columns: Int, _ inner: Int,
        _ a: MatrixOperand, _ b: MatrixOperand, _ beta: Float, _ c: UnsafeMutablePointer<Float>, _ ldc: Int,
        hasRoom: Bool = false
    ) {
        guard let unit else {
            guard let left = unsafe a.floats, let right = unsafe b.floats else {
                preconditionFailure("a product in float32 of operands in bfloat16")
            }
            return unsafe Kernels.gemm(
                transposeA, transposeB, rows, columns, inner, left, a.ld, right, b.ld, beta, c, ldc)
        }
        Kernels.count(2 * rows * columns * inner)
        let (height, depth, width) = (room(rows: rows), Self.rounded(inner, 32), room(columns: columns))
        let product = unit.smallProduct(rows: height, inner: depth, columns: width)
        // One block for all that is laid out: left operand, right operand, scratch memory, result.
        let (left, right) = (height * depth / 2, depth * Self.rounded(width, 64) / 2)
        let scratch = Self.rounded(product.scratchBytes / 4, 16)
        let isDirect = hasRoom && beta == 0
        let memory = Storage(count: left + right + scratch + (isDirect ? 0 : height * width))
        let lefts = unsafe memory.halves
        let rights = unsafe lefts + 2 * left
        let result = unsafe memory.base + (left + right + scratch)
        if transposeA == CblasNoTrans {
            unsafe pk_pack_rows(rows, inner, a.floats, a.halves, a.ld, depth, lefts)
        } else {
            unsafe pk_pack_columns(inner, rows, a.floats, a.halves, a.ld, depth, lefts)
        }
        let pack = unsafe transposeB == CblasNoTrans ? pk_pack_pairs : pk_pack_pairs_transposed
        unsafe pack(inner, columns, b.floats, b.halves, b.ld, depth, rights)
        unsafe unit.run(
            product, lefts, weights: rights, bias: nil, destination: isDirect ? c : result,
            scratch: memory.base + (left + right))
        if !isDirect {
            for row in 0..<rows {
                let (from, to) = unsafe (result + row * width, c + row * ldc)
                if beta == 0 {
                    unsafe to.update(from: from, count: columns)
                } else {
                    unsafe pk_accumulate(columns, from, to)
                }
            }
        }
        withExtendedLifetime(memory) {}
    }

    private static func rounded(_ count: Int, _ unit: Int) -> Int { (count + unit - 1) / unit * unit }
    private static func columns(_ count: Int) -> Int { count <= 32 ? 32 : rounded(count, 64) }
}
