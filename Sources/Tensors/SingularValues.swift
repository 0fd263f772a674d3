import COpenBLAS

/// The largest singular values of a matrix, with their vectors.
public struct SingularTriplets: Sendable {
    /// Columns are left vectors: `[rows, rank]`
    public let left: Tensor
    /// From the largest down: `[rank]`
    public let values: [Float]
    /// Rows are right vectors: `[rank, columns]`
    public let right: Tensor

    /// The `rank` largest of a matrix (LAPACK's divide and conquer, on one thread).
    ///
    /// - Parameters:
    ///   - matrix: `[rows, columns]`
    ///   - rank: at most the shorter side.
    /// - Returns: nil when the matrix has an element that is not finite.
    public init?(of matrix: Tensor, rank: Int) {
        let (rows, columns) = (matrix.shape.rows, matrix.shape.columns)
        let side = min(rows, columns)
        precondition(rank >= 1 && rank <= side, "SingularTriplets: rank \(rank) of \(matrix.shape)")
        if Rehearsal.isRunning {
            // What LAPACK asks for, about.
            _ = [matrix.shape, [side, columns], [rows, side], [4 * side + 7, side]].map { Tensor.zeros($0) }
            (left, values, right) = (.zeros([rows, rank]), Array(repeating: 0, count: rank), .zeros([rank, columns]))
            return
        }
        Kernels.stopLibraryThreads()
        // What is stored row by row is to LAPACK the transpose, whose left vectors are the matrix's right ones.
        var (m, n, least) = (blasint(columns), blasint(rows), blasint(side))
        var values = [Float](repeating: 0, count: side)
        let a = matrix.copy()
        let right = Tensor(uninitialized: [side, columns])
        let left = Tensor(uninitialized: [rows, side])
        var indices = [blasint](repeating: 0, count: 8 * side)
        var work: [Float] = [0]
        var info: blasint = 0
        // The first call asks how much memory the second needs.
        for isQuestion in [true, false] {
            var size = isQuestion ? -1 : blasint(work.count)
            unsafe sgesdd_(
                "S", &m, &n, a.base, &m, &values, right.base, &m, left.base, &least, &work, &size, &indices, &info)
            if isQuestion, info == 0 { work = [Float](repeating: 0, count: max(1, Int(work[0]))) }
        }
        guard info == 0, values.allSatisfy(\.isFinite) else { return nil }
        self.values = Array(values.prefix(rank))
        self.right = right.rows(0..<rank).copy()
        self.left = Tensor([rows, rank], (0..<rows).flatMap { row in (0..<rank).map { left[row, $0] } })
    }
}
