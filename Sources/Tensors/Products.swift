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
        Parallel.rows(rows, target: rowTarget) { range in
            let at = range.lowerBound
            unsafe gemm(
                CblasNoTrans, CblasTrans, range.count, outputs, inputs, x.row(at), inputs, weight.base, inputs, beta,
                out.row(at), outputs)
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
        Parallel.rows(rows, target: rowTarget) { range in
            unsafe gemm(
                CblasNoTrans, CblasNoTrans, range.count, columns, inner, x.row(range.lowerBound), inner, weight.base,
                columns, beta, out.row(range.lowerBound), columns)
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

    /// `sum` made ours alone, or fresh memory, not initialised, when there is none.
    static func destination(_ shape: Shape, _ sum: consuming Tensor?) -> Tensor {
        guard var sum else { return Tensor(uninitialized: shape) }
        precondition(sum.shape == shape, "product: a sum of \(sum.shape) for \(shape)")
        sum.makeUnique()
        return sum
    }

    /// `c = a b + beta c` on one thread; a transposed operand is stored the other way round.
    static func gemm(
        _ transposeA: CBLAS_TRANSPOSE, _ transposeB: CBLAS_TRANSPOSE, _ rows: Int, _ columns: Int, _ inner: Int,
        _ a: UnsafePointer<Float>, _ lda: Int, _ b: UnsafePointer<Float>, _ ldb: Int, _ beta: Float,
        _ c: UnsafeMutablePointer<Float>, _ ldc: Int
    ) {
        _ = singleThreaded
        operations.wrappingAdd(2 * rows * columns * inner, ordering: .relaxed)
        counter?.operations.wrappingAdd(2 * rows * columns * inner, ordering: .relaxed)
        unsafe cblas_sgemm(
            CblasRowMajor, transposeA, transposeB, blasint(rows), blasint(columns), blasint(inner), 1, a, blasint(lda),
            b, blasint(ldb), beta, c, blasint(ldc))
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

    /// The library that multiplies, its version and the processor family it works for.
    public static var libraryDescription: String {
        unsafe [openblas_get_config(), openblas_get_corename()]
            .compactMap { unsafe $0 }.map { unsafe String(cString: $0) }.joined(separator: "; ")
    }

    private static let operations = Atomic<Int>(0)

    /// Rows are split by us; a library thread inside a split would only compete.
    private static let singleThreaded: Void = openblas_set_num_threads(1)
}

/// A sum of floating-point operations.
private final class ProductCounter: Sendable {
    let operations = Atomic<Int>(0)
}
