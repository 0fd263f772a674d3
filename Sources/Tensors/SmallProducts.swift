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
        unit = inBFloat16 && MatrixUnit.isAllowed && MatrixUnit.readsPairs ? MatrixUnit.ofMachine : nil
    }

    var isHalf: Bool { unit != nil }

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
        let left = Storage(count: height * depth / 2)
        let right = Storage(count: depth * Self.rounded(width, 64) / 2)
        let scratch = Storage(count: product.scratchBytes / 4 + 1)
        let (lefts, rights) = unsafe (left.halves, right.halves)
        if transposeA == CblasNoTrans {
            unsafe pk_pack_rows(rows, inner, a.floats, a.halves, a.ld, depth, lefts)
        } else {
            unsafe pk_pack_columns(inner, rows, a.floats, a.halves, a.ld, depth, lefts)
        }
        let pack = unsafe transposeB == CblasNoTrans ? pk_pack_pairs : pk_pack_pairs_transposed
        unsafe pack(inner, columns, b.floats, b.halves, b.ld, depth, rights)
        let direct = hasRoom && beta == 0
        let result = direct ? nil : Storage(count: height * width)
        unsafe unit.run(
            product, lefts, weights: rights, bias: nil, destination: result.map { unsafe $0.base } ?? c,
            scratch: UnsafeMutableRawPointer(scratch.base))
        if let result {
            for row in 0..<rows {
                let (from, to) = unsafe (result.base + row * width, c + row * ldc)
                if beta == 0 {
                    unsafe to.update(from: from, count: columns)
                } else {
                    unsafe pk_accumulate(columns, from, to)
                }
            }
        }
        withExtendedLifetime((left, right, scratch, result)) {}
    }

    private static func rounded(_ count: Int, _ unit: Int) -> Int { (count + unit - 1) / unit * unit }
    private static func columns(_ count: Int) -> Int { count <= 32 ? 32 : rounded(count, 64) }
}
