import CKernels
import COneDNN
import COpenBLAS
import Synchronization

extension Kernels {
    /// `x Wᵀ`, straight from a weight as checkpoints store it.
    ///
    /// - Parameters:
    ///   - x: `[rows, inputs]`
    ///   - weight: `[outputs, inputs]`
    ///   - sum: `[rows, outputs]` to add to, given away; nil starts from zero.
    /// - Returns: `[rows, outputs]`
    public static func product(_ x: Tensor, transposed weight: Tensor, addingTo sum: consuming Tensor? = nil) -> Tensor
    {
        let (rows, inputs, outputs) = (x.shape.rows, x.shape.columns, weight.shape.rows)
        precondition(weight.shape.columns == inputs, "product: \(x.shape) times \(weight.shape) transposed")
        let beta: Float = sum == nil ? 0 : 1
        let out = destination([rows, outputs], sum)
        blocks(rows, outputs, inputs) { range, columns in
            let (at, first) = (range.lowerBound, columns.lowerBound)
            unsafe gemm(
                CblasNoTrans, CblasTrans, range.count, columns.count, inputs, x.row(at), inputs, weight.row(first),
                inputs, beta, out.row(at) + first, outputs)
        }
        return out
    }

    /// `x W`, the input gradient of a linear map when `x` is its output gradient.
    ///
    /// - Parameters:
    ///   - x: `[rows, outputs]`
    ///   - weight: `[outputs, inputs]`
    ///   - sum: `[rows, inputs]` to add to, given away; nil starts from zero.
    /// - Returns: `[rows, inputs]`
    public static func product(_ x: Tensor, _ weight: Tensor, addingTo sum: consuming Tensor? = nil) -> Tensor {
        let (rows, inner, columns) = (x.shape.rows, x.shape.columns, weight.shape.columns)
        precondition(weight.shape.rows == inner, "product: \(x.shape) times \(weight.shape)")
        let beta: Float = sum == nil ? 0 : 1
        let out = destination([rows, columns], sum)
        blocks(rows, columns, inner, leastColumns: acrossRows) { range, part in
            let (at, first) = (range.lowerBound, part.lowerBound)
            unsafe gemm(
                CblasNoTrans, CblasNoTrans, range.count, part.count, inner, x.row(at), inner, weight.base + first,
                columns, beta, out.row(at) + first, columns)
        }
        return out
    }

    /// `aᵀ b`, the weight gradient of a linear map when `a` is its output gradient and `b` its input.
    ///
    /// - Parameters:
    ///   - a: `[rows, outputs]`
    ///   - b: `[rows, inputs]`
    ///   - sum: `[outputs, inputs]` to add to, given away; nil starts from zero.
    /// - Returns: `[outputs, inputs]`
    public static func product(transposed a: Tensor, _ b: Tensor, addingTo sum: consuming Tensor? = nil) -> Tensor {
        let (rows, outputs, inputs) = (a.shape.rows, a.shape.columns, b.shape.columns)
        precondition(b.shape.rows == rows, "product: \(a.shape) transposed times \(b.shape)")
        let beta: Float = sum == nil ? 0 : 1
        let out = destination([outputs, inputs], sum)
        Parallel.rows(outputs, target: rowTarget) { range in
            unsafe gemm(
                CblasTrans, CblasNoTrans, range.count, inputs, rows, a.base + range.lowerBound, outputs, b.base, inputs,
                beta, out.row(range.lowerBound), inputs)
        }
        return out
    }

    /// The number of rows a block of a product has: enough that packing the weight anew for each block costs little.
    static let rowTarget = 192

    /// Blocks of rows begin at multiples of it, so that they have few lengths: some products are made anew for each.
    static let rowGroup = 32

    /// As many rows or fewer are multiplied by kernels that read the weight once, in order and as it is: a library that packs
    /// it first would read it twice and write it. There what a row gets depends on no other row, to the bit.
    public static let fewRows = 16

    /// Calls `body` for blocks of rows and columns that cover a product of `rows` by `columns`: cut by rows where there are enough of
    /// these, else by columns, in parts of the weight that are worth a thread.
    ///
    /// - Parameter leastColumns: columns of a part at least, where a weight is read across its rows.
    static func blocks(
        _ rows: Int, _ columns: Int, _ inner: Int, leastColumns: Int = 1,
        _ body: @Sendable (_ rows: Range<Int>, _ columns: Range<Int>) -> Void
    ) {
        if rows > rowTarget {
            let groups = (rows + rowGroup - 1) / rowGroup
            return Parallel.rows(groups, target: rowTarget / rowGroup) { part in
                body(part.lowerBound * rowGroup..<min(rows, part.upperBound * rowGroup), 0..<columns)
            }
        }
        guard rows > 0, columns > 0 else { return }
        // Whole vectors, so that parts do not end in the middle of one.
        let width = 16
        let least = max(leastColumns, rows > fewRows ? 256 : 1)
        let target = max((least + width - 1) / width, weightTarget / (max(1, inner) * width))
        Parallel.rows((columns + width - 1) / width, target: target) { part in
            body(0..<rows, part.lowerBound * width..<min(columns, part.upperBound * width))
        }
    }

    /// The columns at least of a part of a weight that is read across its rows.
    static let acrossRows = 384

    /// The elements of a weight that are worth a thread.
    static let weightTarget = 1 << 17

    /// `sum` made ours alone, or fresh memory, not initialised, when there is none.
    static func destination(_ shape: Shape, _ sum: consuming Tensor?) -> Tensor {
        guard var sum = sum.take() else { return Tensor(uninitialized: shape) }
        precondition(sum.shape == shape, "product: a sum of \(sum.shape) for \(shape)")
        sum.makeUnique()
        return sum
    }

    /// `c = a b + beta c` on one thread, where beta is 0 or 1; a transposed operand is stored the other way round.
    ///
    /// A few rows and small right operands go through kernels of our own, and the rest through whichever library has the faster product of such
    /// a form.
    static func gemm(
        _ transposeA: CBLAS_TRANSPOSE, _ transposeB: CBLAS_TRANSPOSE, _ rows: Int, _ columns: Int, _ inner: Int,
        _ a: UnsafePointer<Float>, _ lda: Int, _ b: UnsafePointer<Float>, _ ldb: Int, _ beta: Float,
        _ c: UnsafeMutablePointer<Float>, _ ldc: Int, isCounted: Bool = true
    ) {
        _ = singleThreaded
        if isCounted { count(2 * rows * columns * inner) }
        if rows <= fewRows && transposeA == CblasNoTrans {
            let multiply = unsafe transposeB == CblasTrans ? pk_few_rows_transposed : pk_few_rows
            return unsafe multiply(rows, columns, inner, a, lda, b, ldb, beta == 0 ? 0 : 1, c, ldc)
        }
        if transposeB == CblasNoTrans, columns % Int(PK_LANES) == 0, columns * inner <= smallOperand {
            let (row, step) = transposeA == CblasNoTrans ? (lda, 1) : (1, lda)
            return unsafe pk_small_product(
                rows, columns, inner, a, row, step, b, ldb, Int(PK_LANES), beta == 0 ? 0 : 1, c, ldc)
        }
        if hasWidestVectors, isForWidestVectors(columns, inner) {
            if beta == 0, transposeA == CblasNoTrans, transposeB == CblasTrans, lda == inner, ldb == inner,
                unsafe multiplyByWeight(rows, columns, inner, a, b, c, ldc)
            {
                return
            }
            onednn_work_alone()
            let status = unsafe dnnl_sgemm(
                letter(transposeA), letter(transposeB), dnnl_dim_t(rows), dnnl_dim_t(columns), dnnl_dim_t(inner), 1,
                a, dnnl_dim_t(lda), b, dnnl_dim_t(ldb), beta, c, dnnl_dim_t(ldc))
            precondition(status == dnnl_success, "a product of floats failed (\(status.rawValue))")
            return
        }
        unsafe cblas_sgemm(
            CblasRowMajor, transposeA, transposeB, blasint(rows), blasint(columns), blasint(inner), 1, a, blasint(lda),
            b, blasint(ldb), beta, c, blasint(ldc))
    }

    /// The elements of a right operand that the second-level cache holds: no library is faster with one that it packs first.
    private static let smallOperand = 1 << 16

    /// `c = a bᵀ` for dense `a` and `b`; false where there is no such product.
    ///
    /// Rows are multiplied in whole groups, the last one filled up, so that what a row gets depends on no other row.
    private static func multiplyByWeight(
        _ rows: Int, _ columns: Int, _ inner: Int, _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>,
        _ c: UnsafeMutablePointer<Float>, _ ldc: Int
    ) -> Bool {
        guard let unit = MatrixUnit.ofMachine else { return false }
        let whole = rows / rowGroup * rowGroup
        for (first, taken) in [(0, whole), (whole, rows - whole)] where taken > 0 {
            let count = max(taken, rowGroup)
            guard let product = unit.floatProduct(rows: count, inner: inner, columns: columns) else { return false }
            let isFilled = taken < count
            let isDirect = !isFilled && ldc == columns
            let scratchCount = (product.scratchBytes + 63) / 64 * 16
            let memory = Storage(
                count: scratchCount + (isFilled ? count * inner : 0) + (isDirect ? 0 : count * columns))
            let filled = unsafe memory.base + scratchCount
            let result = unsafe filled + (isFilled ? count * inner : 0)
            if isFilled {
                unsafe filled.update(from: a + first * inner, count: taken * inner)
                unsafe (filled + taken * inner).update(repeating: 0, count: (count - taken) * inner)
            }
            unsafe unit.run(
                product, isFilled ? UnsafePointer(filled) : a + first * inner, weights: b, bias: nil,
                destination: isDirect ? c + first * ldc : result, scratch: UnsafeMutableRawPointer(memory.base))
            for row in 0..<(isDirect ? 0 : taken) {
                unsafe (c + (first + row) * ldc).update(from: result + row * columns, count: columns)
            }
            withExtendedLifetime(memory) {}
        }
        return true
    }

    /// Whether products by so many columns are faster there than in OpenBLAS; however many rows there are, so that what a row gets depends on
    /// no other.
    private static func isForWidestVectors(_ columns: Int, _ inner: Int) -> Bool {
        columns >= 128 || columns >= 32 && columns * inner >= 1 << 14
    }

    private static func letter(_ transpose: CBLAS_TRANSPOSE) -> CChar {
        CChar(UInt8(ascii: transpose == CblasTrans ? "T" : "N"))
    }

    /// Whether oneDNN has products of floats for vectors of 16: there what a row of a product gets depends on no other row.
    package static let hasWidestVectors = onednn_multiplies_floats() != 0

    /// Counts the floating-point operations of a product.
    static func count(_ done: Int) {
        operations.wrappingAdd(done, ordering: .relaxed)
        counter?.operations.wrappingAdd(done, ordering: .relaxed)
    }

    /// Floating-point operations of all products of this process so far.
    public static var productOperations: Int { operations.load(ordering: .relaxed) }

    /// Floating-point operations of the products that `body` does, on one thread, whatever else the process does meanwhile.
    package static func productOperations(of body: () throws -> Void) rethrows -> Int {
        let counter = ProductCounter()
        try Parallel.$threadCount.withValue(1) { try $counter.withValue(counter, operation: body) }
        return counter.operations.load(ordering: .relaxed)
    }

    /// What counts the products of the present task alone.
    @TaskLocal private static var counter: ProductCounter?

    /// The library that multiplies in bfloat16, and floats where it is faster, and its version.
    public static var oneDNNDescription: String { MatrixUnit.libraryDescription }

    /// The library that multiplies floats, its version and the processor family it works for; asked once, since the library puts its answer
    /// together in memory that all threads share.
    public static let openBLASDescription: String =
        unsafe [openblas_get_config(), openblas_get_corename()]
        .compactMap { unsafe $0 }.map { unsafe String(cString: $0) }.joined(separator: "; ")

    private static let operations = Atomic<Int>(0)

    /// Rows are split by us; a library thread inside a split would only compete.
    private static let singleThreaded: Void = openblas_work_alone()

    /// Ends the threads that a library has started by itself. Products do so too; a program that begins with something else does it first.
    public static func stopLibraryThreads() { _ = singleThreaded }
}

/// A sum of floating-point operations.
private final class ProductCounter: Sendable {
    let operations = Atomic<Int>(0)
}
