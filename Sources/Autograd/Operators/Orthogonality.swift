import Tensors

/// Which vectors of a matrix are meant.
public enum MatrixVectors: Hashable, Sendable {
    case rows, columns
}

/// How far the rows or the columns of a matrix are from an orthonormal set.
///
///     C = P Pᵀ - I  or  Pᵀ P - I        y = |C| (Frobenius)        dP = dy 2 C P / |C|  or  dy 2 P C / |C|
///
/// Where the set is orthonormal the gradient is zero. Saves `P` and `C`.
///
/// - Parameter p: `[rows, columns]`
/// - Returns: a single number.
public func orthogonality(_ p: Variable, of vectors: MatrixVectors) -> Variable {
    let (value, slot) = (p.value, p.slot)
    var gap = vectors == .rows ? Kernels.product(value, transposed: value) : Kernels.product(transposed: value, value)
    let side = gap.shape.rows
    gap.withMutableSpan { elements in
        for index in 0..<side { elements[index * (side + 1)] -= 1 }
    }
    let length = Float(Kernels.sumOfSquares(gap).squareRoot())
    let kept = gap
    return Variable(Tensor([], [length]), from: [p]) { dy in
        guard length > 0 else { return slot.add(.zeros(value.shape)) }
        let product = vectors == .rows ? Kernels.product(kept, value) : Kernels.product(value, kept)
        slot.add(Kernels.scale(product, by: 2 * dy[0, 0] / length))
    }
}
